"""A model that says again what it said then: sentence by sentence, the second wordings too, and where it broke off;
what is quoted beside it; and a reviewer's words, given in place of what a composer makes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from app.answering.causes import UNSHOWN
from app.answering.errors import ComposerUnavailable
from app.answering.pieces import Piece
from app.answering.ports import Brief, Composer, Draft, Patience, Rewriting
from app.answering.types import Part, Question, Sentence
from app.assistant.wordings import REVIEWER
from app.evidence.types import DraftRecord, RewritingRecord, SentenceRecord
from guardrails.types import Claim
from guardrails.verification import is_quotation
from knowledge_bases.schema import Language, UnitKind

UNHURRIED = Patience(3600.0, 3600.0)  # nobody waits for a replay


@dataclass
class StoredWriter:
    """The model's drafts of one answer. ``written`` is what it wrote, ``mending`` its second wordings, in order."""

    written: DraftRecord
    mending: Sequence[DraftRecord] = ()
    patience: Patience = UNHURRIED
    refuses: bool = False
    _said: int = field(default=0, init=False)

    @classmethod
    def of(cls, drafts: Sequence[DraftRecord]) -> StoredWriter | None:
        """The writer of an answer; None where no model was asked."""
        by_model = [draft for draft in drafts if draft.model is not None]
        if not by_model:
            return None
        return cls(by_model[0], [draft for draft in by_model if draft.mends is not None])

    def signed(self, brief: Brief, task: str = "generate") -> Draft:
        """See ``Writer``."""
        said = self.written
        return Draft(said.composer, (), said.model, said.prompt_sha256, said.parameters)

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        """See ``Writer``."""
        stopped = self.written.ended in UNSHOWN  # at its last sentence, which was not shown
        for sentence in self.written.sentences[:-1] if stopped else self.written.sentences:
            self._said += 1
            yield _sentence(sentence, brief)
        if self.written.ended:
            raise ComposerUnavailable(self.written.ended)

    async def rewrite(self, brief: Brief, failed: Sentence, why: str, within_s: float) -> Sentence | None:
        """See ``Writer``: the second wording of the sentence said last; where there was no time for one, none."""
        draft = next((draft for draft in self.mending if draft.mends == self._said - 1), None)
        if draft is None or draft.ended:
            raise ComposerUnavailable("replayed" if draft is None else draft.ended)
        return _sentence(draft.sentences[0], brief) if draft.sentences else None


@dataclass(frozen=True)
class StoredRewriter:
    """How the model put the follow-up then; it is checked again, and not asked."""

    said: RewritingRecord
    refuses: bool = False

    @classmethod
    def of(cls, said: RewritingRecord | None) -> StoredRewriter | None:
        """The rewriter of an answer; None where none was asked, or none said anything."""
        return None if said is None else cls(said)

    async def standalone(self, asked: Question, language: Language, within_s: float) -> Rewriting:
        """See ``Rewriter``."""
        return Rewriting(self.said.text, self.said.model, self.said.prompt_sha256)


@dataclass(frozen=True)
class Given:
    """Says what it was given, in place of a composer."""

    draft: Draft

    async def compose(self, brief: Brief) -> Draft:
        """See ``Composer``."""
        return self.draft


@dataclass(frozen=True)
class StoppedQuotes:
    """Quotes by the rules, no more of them than were tried then, where they were stopped behind a model's words."""

    quotes: Composer
    stopped: DraftRecord

    async def compose(self, brief: Brief) -> Draft:
        """See ``Composer``."""
        draft = await self.quotes.compose(brief)
        return replace(draft, sentences=draft.sentences[: len(self.stopped.sentences)], ended=self.stopped.ended)


@dataclass(frozen=True)
class ReadThen:
    """Whoever read an answer along: a ``Listener`` of a replay, whom nothing keeps from reading all of it."""

    along: bool = True
    stopped: bool = False

    async def show(self, piece: Piece) -> None:
        """Nobody is there."""

    async def gone(self) -> bool:
        """Nor leaves."""
        return False


def quotes_of(drafts: Sequence[DraftRecord], quotes: Composer) -> Composer:
    """What quotes in a replay: a reviewer's words as stored, else ``quotes``, stopped where they were then."""
    if drafts and drafts[-1].composer == REVIEWER:
        return reviewed(drafts[-1])
    stopped = next((draft for draft in drafts if draft.model is None and draft.ended), None)
    return quotes if stopped is None else StoppedQuotes(quotes, stopped)


def reviewed(draft: DraftRecord) -> Given:
    """A reviewer's words as they are stored; those that are a document's own are quotes."""
    sentences = (
        Sentence(s.text, tuple(Part(UnitKind.SENTENCE, c) for c in s.citations), title="", quoted=_is_quoted(s))
        for s in draft.sentences
    )
    return Given(Draft(draft.composer, tuple(sentences)))


def _is_quoted(stored: SentenceRecord) -> bool:
    return is_quotation(Claim(stored.text, stored.citations))


def _sentence(stored: SentenceRecord, brief: Brief) -> Sentence:
    parts = tuple(Part(UnitKind.SENTENCE, citation) for citation in stored.citations)
    info = brief.retrieved.versions.get(parts[0].citation.key) if parts else None
    return Sentence(stored.text, parts, title="" if info is None else info.title)
