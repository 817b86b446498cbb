"""The evidence of one answer: everything needed to show later what was said, and why. Plain values, stored as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pydantic import TypeAdapter

from app.switches.types import Standing
from guardrails.types import Action, Disclosure, Finding, Opinion, Reason, Stage
from knowledge_bases.schema import Citation, Language, Passage, Span, VersionKey


@dataclass(frozen=True)
class PassageRecord:
    """A passage as it was retrieved: where it stands and its scores; its words are in the stored parse."""

    chunk_id: str
    key: VersionKey
    parse_sha256: str
    span: Span
    page: int | None
    rank: int
    score: float
    dense: float | None
    lexical: float | None

    @classmethod
    def of(cls, passage: Passage) -> PassageRecord:
        """The record of ``passage``."""
        chunk = passage.chunk
        return cls(
            chunk_id=chunk.id,
            key=chunk.key,
            parse_sha256=chunk.parse_sha256,
            span=chunk.span,
            page=chunk.page,
            rank=passage.rank,
            score=passage.score,
            dense=passage.dense,
            lexical=passage.lexical,
        )


@dataclass(frozen=True)
class SentenceRecord:
    """A sentence and the spans it rests on."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class DifferingRecord:
    """Two spans in force that state different figures for the same thing; ``pair`` names them for good."""

    pair: str
    citations: tuple[Citation, Citation]


@dataclass(frozen=True)
class DraftRecord:
    """What a composer made before verification. The model's fields are None for quotes.

    ``ended`` says why a draft is not whole, ``mends`` which sentence of it this is another wording of (from 0).
    """

    composer: str
    sentences: tuple[SentenceRecord, ...]
    model: str | None = None
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    prompt_sha256: str | None = None
    ended: str = ""
    mends: int | None = None


@dataclass(frozen=True)
class VerdictRecord:
    """What a rail decided, and when. ``opinions``: what a second judge said of the sentences."""

    stage: Stage
    action: Action
    reason: Reason | None
    findings: tuple[Finding, ...]
    at: datetime
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True)
class ReadAs:
    """A word of the question as it was typed, masked, and as it was looked up."""

    written: str
    read: str


@dataclass(frozen=True)
class AskedBackRecord:
    """What the assistant had asked the turn before, about which question, and what it gave to choose from.

    ``listed``: it had answered with these, and asked nothing.
    """

    question: str
    choices: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True)
class RewritingRecord:
    """How a model put a follow-up, which model by which prompt, and why it was not looked up; empty where it was."""

    text: str
    model: str
    prompt_sha256: str
    dropped: str = ""


@dataclass(frozen=True)
class HeldRecord:
    """An answer held back, as JSON (``app.answering.types.Answer``), and the words for where it is declined."""

    answer: str
    declined: str


class Edit(StrEnum):
    """What a reviewer did to a sentence of a held answer."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class EditRecord:
    """One sentence that a reviewer did not leave as it was; ``before`` is empty for an added one, ``after`` for a
    removed one. The same words on both sides: it rests on other sources now."""

    edit: Edit
    before: str
    after: str


@dataclass(frozen=True)
class Evidence:
    """One answer, from the masked question to the released words.

    ``as_of`` is the day whose documents were asked for, as they were known at ``known_at`` (None: when it was asked),
    ``history`` the customer's earlier questions, masked, ``asked_back`` what the assistant had asked just before,
    ``whole`` a follow-up that only named another thing with what was carried over to it, as it was heard and looked up.
    ``sentences`` are those released, ``places`` where the disclosures stand among them (see ``Answer``), ``released``
    the whole text the customer reads. ``strength`` is in [0, 1].
    ``degraded`` names parts that were down, ``read_as`` words that were looked up otherwise than typed.
    ``timings_ms`` by step. ``standing``: what was switched. ``along``: a model's words were read as they came, which is
    not known of older evidence.
    ``held`` waited for a person to release it; ``releases`` names the held answer in whose place this one went out, by
    the decision of ``decided_by``, or that this one says is still waited for (nobody decided). ``edits`` are what that
    person changed; none: it went out word for word.
    """

    answer_id: str
    conversation_id: str
    created_at: datetime
    status: str
    reason: Reason | None
    language: Language
    as_of: date
    question: str
    released: str
    rulebook_version: str
    known_at: datetime | None = None
    history: tuple[str, ...] = ()
    asked_back: AskedBackRecord | None = None
    whole: str = ""
    rewriting: RewritingRecord | None = None
    snapshot: str | None = None
    strength: float = 0.0
    degraded: tuple[str, ...] = ()
    read_as: tuple[ReadAs, ...] = ()
    passages: tuple[PassageRecord, ...] = ()
    drafts: tuple[DraftRecord, ...] = ()
    verdicts: tuple[VerdictRecord, ...] = ()
    sentences: tuple[SentenceRecord, ...] = ()
    notices: tuple[str, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    places: tuple[int, ...] = ()
    differing: tuple[DifferingRecord, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    along: bool = False
    held: HeldRecord | None = None
    releases: str | None = None
    decided_by: str | None = None
    edits: tuple[EditRecord, ...] = ()

    @property
    def cited(self) -> frozenset[VersionKey]:
        """The versions the released sentences rest on."""
        return frozenset(citation.key for sentence in self.sentences for citation in sentence.citations)

    def to_json(self) -> bytes:
        """JSON in UTF-8; ``from_json`` gives an equal value back."""
        return _ADAPTER.dump_json(self)

    @classmethod
    def from_json(cls, value: bytes) -> Evidence:
        """The evidence that ``to_json`` wrote."""
        return _ADAPTER.validate_json(value)


_ADAPTER: TypeAdapter[Evidence] = TypeAdapter(Evidence)
