"""What the pipeline needs from the rest of the product. It sees these roles only: no HTTP, no SQL, no index."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Protocol

from app.answering.types import Question, Sentence
from app.switches.types import Standing
from guardrails.rulebook import Rulebook
from guardrails.types import RailContext, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import Citation, Institution, Language, Passage, VersionInfo, VersionKey
from retrieval.quotable import Quotable
from retrieval.ranking import Quote
from retrieval.slips import Slip


@dataclass(frozen=True)
class Retrieved:
    """What was found: ``strength`` in [0, 1] says how likely the passages answer the question.

    ``quotes`` are the spans that may be quoted, the one that answers best first. ``degraded`` names the legs of
    retrieval that were down, ``slips`` the words of the question that were read otherwise than typed.
    """

    passages: tuple[Passage, ...]
    snapshot: str | None
    strength: float
    versions: Mapping[VersionKey, VersionInfo]
    quotes: tuple[Quote, ...]
    degraded: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()

    def without(self, places: frozenset[int]) -> Retrieved:
        """What was found but for the passages at ``places``, and all that would be quoted from them."""
        kept = tuple(passage for place, passage in enumerate(self.passages) if place not in places)
        left_out = {self.passages[place].chunk.id for place in places}
        quotes = tuple(quote for quote in self.quotes if quote.quotable.passage.chunk.id not in left_out)
        return replace(self, passages=kept, quotes=quotes)

    @classmethod
    def nothing(cls) -> Retrieved:
        """No passage, no strength: what there is before retrieval, or where nothing is published."""
        return cls((), None, 0.0, MappingProxyType({}), ())


@dataclass(frozen=True)
class Contrast:
    """Two quotes in force that state different figures for the same thing; nobody says which one is right.

    ``pair`` names the two places for good, ``quotes`` are in the order of documents and places.
    """

    pair: str
    quotes: tuple[Quotable, Quotable]


class Knowledge(Protocol):
    """An institution's published documents."""

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        """Passages in force on the day ``on``, best first; none where nothing is published."""
        ...

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        """A follow-up that only names another thing, with the question it goes on from; empty for any other."""
        ...

    def contrasts(
        self, institution: Institution, retrieved: Retrieved, citations: Sequence[Citation]
    ) -> tuple[Contrast, ...]:
        """What disagrees with the cited words, in force on the same day; in order, none for most answers."""
        ...

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        """The words stored under a citation's span, None where there are none."""
        ...


class Rails(Protocol):
    """The guardrails. A rail that fails comes back as a HOLD verdict, never as an exception."""

    async def check_input(self, context: RailContext) -> Verdict: ...

    async def check_retrieval(self, context: RailContext) -> Verdict:
        """The verdict on the context's passages: its findings name those that may not be used."""
        ...

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict: ...


class Rulebooks(Protocol):
    """Which rules bind whom. An answer asks once and keeps what it was told to its end."""

    def in_force(self, institution_id: str, on: date) -> Rulebook:
        """The approved rulebook of the institution on the day ``on``, the shipped one where none was approved.

        Raises:
            DatabaseAway: it cannot be told, and what was told last is too old to go on with.
        """
        ...

    def of_version(self, version: str) -> Rulebook | None:
        """The rulebook that an answer of the past names; None where it is not kept, or can't be read any more."""
        ...


@dataclass(frozen=True)
class OneRulebook:
    """The same rulebook for everybody on every day: of a replay, or a trial of a change."""

    rulebook: Rulebook

    def in_force(self, institution_id: str, on: date) -> Rulebook:
        """See ``Rulebooks``."""
        return self.rulebook

    def of_version(self, version: str) -> Rulebook | None:
        """See ``Rulebooks``."""
        return self.rulebook if version == self.rulebook.version else None


class Switchboard(Protocol):
    """The kill switches and the release modes of topics. Raises DatabaseAway where nobody knows what is switched."""

    def standing(self, institution_id: str) -> Standing: ...


@dataclass(frozen=True)
class FixedStanding:
    """A switchboard that nobody turns: of a replay, which asks what was switched then."""

    fixed: Standing = field(default_factory=Standing)

    def standing(self, institution_id: str) -> Standing:
        return self.fixed


NOTHING_SWITCHED = FixedStanding()


@dataclass(frozen=True)
class Brief:
    """What an answer is composed from. ``history``: the customer's earlier questions, masked, oldest first."""

    institution: Institution
    question: str
    language: Language
    retrieved: Retrieved
    history: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """What was composed. ``prompt_sha256`` and ``model`` are None for quotes; ``parameters`` are the model's.

    ``ended`` says in a constant word why a draft is not whole, and is empty where it is. A draft that ``mends`` holds
    another wording of the sentence at that place of the model's draft.
    """

    composer: str
    sentences: tuple[Sentence, ...] = ()
    model: str | None = None
    prompt_sha256: str | None = None
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    ended: str = ""
    mends: int | None = None


class Composer(Protocol):
    """Makes a draft at once, by fixed rules; an empty one means that nothing fits."""

    async def compose(self, brief: Brief) -> Draft: ...


@dataclass(frozen=True)
class Patience:
    """How long an answer waits for its model: until the first words are released, and until its end, in seconds."""

    first_s: float = 1.5
    total_s: float = 12.0


class Writer(Protocol):
    """Writes by a model, a sentence at a time. Nothing it writes is released before it was verified."""

    @property
    def patience(self) -> Patience: ...

    @property
    def refuses(self) -> bool:
        """Whether it would write nothing now, and says so without waiting for anybody."""
        ...

    def signed(self, brief: Brief, task: str = "generate") -> Draft:
        """A draft without sentences, that says what writes it: model, parameters, the prompt of ``task``."""
        ...

    def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        """The sentences as they come. Whoever closes the generator ends the request at the server.

        Raises:
            ComposerUnavailable: the model is down or slow, or says something that is no answer.
        """
        ...

    async def rewrite(self, brief: Brief, failed: Sentence, why: str, within_s: float) -> Sentence | None:
        """Another wording for a sentence that failed, ``why`` said in the rails' words; None: the model has none.

        Raises:
            ComposerUnavailable: see ``write``.
        """
        ...


@dataclass(frozen=True)
class Rewriting:
    """A follow-up as a model put it, and which model by which prompt. ``dropped`` says in a constant word why it is not
    looked up; empty where it is."""

    text: str
    model: str
    prompt_sha256: str
    dropped: str = ""


class Rewriter(Protocol):
    """Puts follow-ups so that they stand by themselves. What it says is checked before it is used."""

    @property
    def refuses(self) -> bool:
        """See ``Writer.refuses``."""
        ...

    async def standalone(self, asked: Question, language: Language, within_s: float) -> Rewriting:
        """The last question with what it takes from those before it, within ``within_s``.

        Raises:
            ComposerUnavailable: the model is down or slow, or says something that is no question.
        """
        ...
