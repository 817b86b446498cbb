"""Fakes of the pipeline's ports: real values in, real values out, no index, no database, no model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from app.answering.errors import ComposerUnavailable
from app.answering.pieces import Piece
from app.answering.ports import Brief, Contrast, Draft, Patience, Retrieved
from app.answering.trail import Trail
from app.answering.types import Answer, Part, Question, Sentence
from app.assistant.stored_writer import UNHURRIED
from app.evidence.errors import CitedVersionWithdrawn
from guardrails.rulebook import Rulebook
from guardrails.types import Action, RailContext, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import (
    Brand,
    Chunk,
    Citation,
    Contact,
    Institution,
    Language,
    Passage,
    Sector,
    Span,
    Unit,
    UnitKind,
    VersionInfo,
    VersionKey,
    Wording,
)
from retrieval.errors import SnapshotCorrupt
from retrieval.quotable import quotables
from retrieval.ranking import Quote
from retrieval.tokens import terms

KEY = VersionKey("card-fees", "2026-01")


def institution(institution_id: str = "test-bank", *, slots: bool = True) -> Institution:
    same = Wording("Test Bank", "測試銀行", "测试银行")
    return Institution(
        id=institution_id,
        names=same,
        sectors=(Sector.BANKING,),
        licences=frozenset({"dps_member"}),
        languages=tuple(Language),
        sites=("http://localhost:8000",),
        contact=Contact("+852 2000 0000", "care@test.example", Wording("9-5", "九至五", "九至五")),
        brand=Brand("#0b5d66", "#10252b"),
        privacy_document=None,
        slots=MappingProxyType({"bank": same} if slots else {}),
    )


def passage(text: str, rank: int = 1, language: Language = Language.EN, key: VersionKey = KEY) -> Passage:
    """A passage whose text is one quotable sentence."""
    chunk = Chunk(
        id=f"c{rank}",
        key=key,
        parse_sha256="a" * 64,
        language=language,
        span=Span(0, len(text)),
        text=text,
        indexed_text=text,
        page=2,
        heading_path=("Fees",),
        anchor=None,
        units=(Unit(UnitKind.SENTENCE, Span(0, len(text))),),
    )
    return Passage(chunk, rank, 1.0 / rank, 0.5, 3.0)


def _quotes(passage: Passage, asked: frozenset[str], score: float) -> Iterator[Quote]:
    for quotable in quotables(passage):
        covered = asked & frozenset(terms(quotable.focus))
        if covered:
            yield Quote(quotable, score, covered)


@dataclass
class FakeKnowledge:
    """Gives the same passages to every question."""

    passages: tuple[Passage, ...] = ()
    strength: float = 0.9
    tags: frozenset[str] = frozenset({"credit_card"})
    effective_from: date | None = date(2026, 1, 1)
    damaged: bool = False
    put: str = ""  # what every follow-up is whole
    contradicting: tuple[Contrast, ...] = ()
    others: dict[VersionKey, frozenset[str]] = field(default_factory=dict)  # in force beside, with their tags
    asked: list[tuple[Question, date]] = field(default_factory=list)

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        self.asked.append((question, on))
        if self.damaged:
            raise SnapshotCorrupt("vectors.npy is not the one that was written")
        versions = {p.chunk.key: self._info(p) for p in self.passages}
        since = self.effective_from
        versions |= {
            k: VersionInfo(k, "Others", Language.EN, tags=t, effective_from=since) for k, t in self.others.items()
        }
        asked = frozenset(terms(question.text))
        quotes = (quote for number, p in enumerate(self.passages) for quote in _quotes(p, asked, -float(number)))
        return Retrieved(self.passages, "snap-1", self.strength, versions, tuple(quotes))

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        return self.put

    def _info(self, passage: Passage) -> VersionInfo:
        key, language = passage.chunk.key, passage.chunk.language
        return VersionInfo(key, "Card Fees", language, tags=self.tags, effective_from=self.effective_from)

    def contrasts(
        self, institution: Institution, retrieved: Retrieved, citations: Sequence[Citation]
    ) -> tuple[Contrast, ...]:
        return self.contradicting

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        texts = (p.chunk.words(citation.span) for p in self.passages if p.chunk.key == citation.key)
        return next(texts, None)


@dataclass
class FakeRails:
    """Allows everything, unless told what to say."""

    on_input: Verdict | None = None
    on_output: list[Verdict] = field(default_factory=list)
    on_retrieval: Verdict | None = None
    seen: list[RailContext] = field(default_factory=list)

    async def check_input(self, context: RailContext) -> Verdict:
        return self.on_input or Verdict(Action.ALLOW, context.text)

    async def check_retrieval(self, context: RailContext) -> Verdict:
        return self.on_retrieval or Verdict(Action.ALLOW, context.text)

    async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict:
        self.seen.append(context)
        return self.on_output.pop(0) if self.on_output else Verdict(Action.ALLOW, context.text)


@dataclass
class FakeRecorder:
    """Keeps what was recorded; ``withdrawn`` times it says that a cited version is gone.

    ``withdrawn_after`` so many pieces one is gone for good.
    """

    withdrawn: int = 0
    withdrawn_after: int | None = None
    answers: list[Answer] = field(default_factory=list)
    pieces: list[Answer] = field(default_factory=list)
    trails: list[Trail] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def keep(self, trail: Trail, unanswered: Answer) -> None:
        self.kept.append(trail.question.text)

    def record(self, trail: Trail, answer: Answer) -> None:
        if not trail.released:
            self._require_in_force()
        self.trails.append(trail)
        self.answers.append(answer)

    def release(self, trail: Trail, answer: Answer) -> None:
        self._require_in_force()
        self.pieces.append(answer)

    def _require_in_force(self) -> None:
        if self.withdrawn:
            self.withdrawn -= 1
            raise CitedVersionWithdrawn([KEY])
        if self.withdrawn_after is not None and len(self.pieces) >= self.withdrawn_after:
            raise CitedVersionWithdrawn([KEY])


@dataclass
class FakeModel:
    """A writer that says ``words`` about the first passage, a sentence each line, or is down.

    ``again`` is what it says in place of a sentence that failed, None: nothing. After all it says it ``breaks_off``, or
    ``hangs``; ``down`` may be the cause. ``closed``: somebody ended it.
    """

    words: str = "The fee is HK$1,800."
    down: bool | str = False
    again: str | None = None
    breaks_off: bool = False
    hangs: bool = False
    closed: bool = False
    patience: Patience = UNHURRIED
    refuses: bool = False
    criticised: list[tuple[str, str]] = field(default_factory=list)

    def signed(self, brief: Brief, task: str = "generate") -> Draft:
        return Draft("generate", (), model="tiny", prompt_sha256="p" * 64)

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        if self.down:
            raise ComposerUnavailable(self.down if isinstance(self.down, str) else "down")
        for words in self.words.splitlines():
            yield self._sentence(brief, words)
        if self.breaks_off:
            raise ComposerUnavailable("broke_off")
        if self.hangs:
            try:
                await asyncio.sleep(3600)
            finally:
                self.closed = True

    async def rewrite(self, brief: Brief, failed: Sentence, why: str, within_s: float) -> Sentence | None:
        self.criticised.append((failed.text, why))
        return None if self.again is None else self._sentence(brief, self.again)

    def _sentence(self, brief: Brief, words: str) -> Sentence:
        chunk = brief.retrieved.passages[0].chunk
        citation = Citation(chunk.key, chunk.parse_sha256, chunk.span, chunk.text, chunk.page, "Fees", None)
        return Sentence(words, (Part(UnitKind.SENTENCE, citation),), "Card Fees")


@dataclass
class FakeListener:
    """A customer who reads along until ``leaves_after`` pieces were shown, or presses stop after ``stops_after``."""

    leaves_after: int | None = None
    stops_after: int | None = None
    along: bool = True
    shown: list[Piece] = field(default_factory=list)

    async def show(self, piece: Piece) -> None:
        self.shown.append(piece)

    @property
    def stopped(self) -> bool:
        return self.stops_after is not None and len(self.shown) >= self.stops_after

    async def gone(self) -> bool:
        return self.leaves_after is not None and len(self.shown) >= self.leaves_after
