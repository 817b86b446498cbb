"""What may be quoted from a passage: at most two sentences, one clause, or one table row with header and footnote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.answering.types import Part
from knowledge_bases.schema import Chunk, Citation, Passage, Unit, UnitKind

MAX_CHARACTERS = 600
_MARK = re.compile(r"(?<![\w*])(?:\(\d\)|[註注]\s?\d|[⁰¹²³⁴-⁹])|[*†‡§#^]+|(?<=\w)[¹²³⁴-⁹]")
_LEADING_MARK = re.compile(r"^\s*(\(\d\)|[註注]\s?\d|[*†‡§#^]+|[⁰¹²³⁴-⁹])")


@dataclass(frozen=True)
class Candidate:
    """One possible quote. ``focus`` is the words that answer, ``around`` those that only say what they are about."""

    passage: Passage
    parts: tuple[Part, ...]
    focus: str
    around: str
    question: str = ""

    @property
    def text(self) -> str:
        """The quote as shown: consecutive sentences run on, table parts stand a line each."""
        sentences = all(part.kind is UnitKind.SENTENCE for part in self.parts)
        return (self._glue() if sentences else "\n").join(part.citation.quote for part in self.parts)

    @property
    def heading(self) -> str:
        """The innermost heading above the quote, or the question of an FAQ pair."""
        return self.question or (self.passage.chunk.heading_path[-1] if self.passage.chunk.heading_path else "")

    def _glue(self) -> str:
        return " " if self.parts[0].citation.quote.isascii() else ""


def candidates_of(passage: Passage, window: int = 2) -> Iterator[Candidate]:
    """Everything that may be quoted from ``passage``, in reading order; ``window`` is the most sentences together."""
    units = passage.chunk.units
    question = " ".join(passage.chunk.words(u.span) for u in units if u.kind is UnitKind.QUESTION)
    sentences = [u for u in units if u.kind is UnitKind.SENTENCE]
    for start in range(len(sentences)):
        for length in range(1, window + 1):
            run = sentences[start : start + length]
            if len(run) == length and _fits(passage.chunk, run):
                yield _sentences(passage, run, question)
    for unit in units:
        if unit.kind is UnitKind.ROW:
            yield _row(passage, unit)


def _fits(chunk: Chunk, run: list[Unit]) -> bool:
    if len(run) == 1:
        return True
    joined = run[-1].span.end - run[0].span.start
    return joined <= MAX_CHARACTERS and all(b.span.start - a.span.end <= 2 for a, b in pairwise(run))


def _sentences(passage: Passage, run: list[Unit], question: str) -> Candidate:
    parts = tuple(Part(u.kind, cite(passage.chunk, u)) for u in run)
    around = " ".join([*passage.chunk.heading_path, question])
    return Candidate(passage, parts, " ".join(p.citation.quote for p in parts), around, question)


def _row(passage: Passage, row: Unit) -> Candidate:
    chunk = passage.chunk
    of_kind = {kind: [u for u in chunk.units if u.kind is kind] for kind in UnitKind}
    heads = [*of_kind[UnitKind.CAPTION], *of_kind[UnitKind.HEADER]]
    shown = [*heads, row]
    marks = {mark for u in shown for mark in _MARK.findall(chunk.words(u.span))}
    notes = [u for u in of_kind[UnitKind.FOOTNOTE] if _mark_of(chunk.words(u.span)) in marks]
    parts = tuple(Part(u.kind, cite(chunk, u)) for u in [*shown, *notes])
    around = " ".join([*chunk.heading_path, *(chunk.words(u.span) for u in [*heads, *notes])])
    return Candidate(passage, parts, chunk.words(row.span), around)


def _mark_of(footnote: str) -> str | None:
    found = _LEADING_MARK.match(footnote)
    return found.group(1) if found else None


def cite(chunk: Chunk, unit: Unit) -> Citation:
    """The citation of ``unit``, made where the words are taken (promise 1)."""
    return Citation(
        key=chunk.key,
        parse_sha256=chunk.parse_sha256,
        span=unit.span,
        quote=chunk.words(unit.span),
        page=unit.page or chunk.page,
        heading=chunk.heading_path[-1] if chunk.heading_path else None,
        anchor=chunk.anchor,
    )
