"""Asks a question as a customer would, and keeps what the assistant found on the way; nothing is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from app.answering.composers.candidates import parts_of, text_of
from app.answering.composers.quoting import QuotingComposer
from app.answering.parts import Parts, quotes_only
from app.answering.pipeline import ANSWER_STRENGTH, Pipeline
from app.answering.ports import Retrieved
from app.answering.trail import Trail
from app.answering.types import Answer, Part, Question
from knowledge_bases.schema import Institution, Language, VersionInfo
from retrieval.ranking import Quote

BEST_QUOTES = 8


@dataclass(frozen=True)
class TriedQuote:
    """A span that may be quoted: its ``score`` (higher answers better), and whether the answer quotes it."""

    text: str
    parts: tuple[Part, ...]
    version: VersionInfo
    score: float
    chosen: bool


@dataclass(frozen=True)
class Trial:
    """A question tried. ``quotes`` are the best ones, best first; ``enough``: found strong enough to answer from."""

    answer: Answer
    retrieved: Retrieved
    language: Language
    quotes: tuple[TriedQuote, ...]

    @property
    def enough(self) -> bool:
        """Whether what was found is strong enough to answer from (promise 5)."""
        return self.retrieved.strength >= ANSWER_STRENGTH


async def try_question(parts: Parts, institution: Institution, text: str, language: Language | None, on: date) -> Trial:
    """The question as the assistant would answer it in quotes on the day ``on``; rails and statements included.

    Raises:
        RetrievalError: the index is missing or damaged.
    """
    kept = _Kept()
    trying = replace(parts, recorder=kept, quotes=QuotingComposer(), writer_of=quotes_only, rewriter_of=quotes_only)
    answer = await Pipeline(trying).answer(institution, Question(institution.id, text, language, as_of=on))
    trail = kept.trails[-1]
    said = {sentence.text for sentence in answer.sentences}
    quotes = tuple(_tried(quote, trail.retrieved, said) for quote in trail.retrieved.quotes[:BEST_QUOTES])
    return Trial(answer, trail.retrieved, trail.language, quotes)


@dataclass
class _Kept:
    """In place of the evidence: the trail of the one question, for whoever asked."""

    trails: list[Trail] = field(default_factory=list)

    def record(self, trail: Trail, answer: Answer) -> None:
        self.trails.append(trail)

    def keep(self, trail: Trail, unanswered: Answer) -> None:
        """No customer waits for it."""

    def release(self, trail: Trail, answer: Answer) -> None:
        """Nobody reads along."""


def _tried(quote: Quote, retrieved: Retrieved, said: set[str]) -> TriedQuote:
    parts = parts_of(quote.quotable)
    text = text_of(parts)
    return TriedQuote(text, parts, retrieved.versions[quote.quotable.passage.chunk.key], quote.score, text in said)
