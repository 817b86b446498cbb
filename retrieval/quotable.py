"""What of a passage may be quoted.

A quote is at most two neighbouring sentences, one clause, or one table row with its header and the footnotes it
points to. Of a row only some cells may be shown (``retrieval.columns``), each with its own of the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from knowledge_bases.schema import Passage, Unit, UnitKind
from retrieval.tokens import is_number, terms

MAX_CHARACTERS = 600

MARK = re.compile(r"(?<![\w*])(?:\(\d\)|[註注]\s?\d|[⁰¹²³⁴-⁹])|[*†‡§#^]+|(?<=\w)[¹²³⁴-⁹]")
_LEADING_MARK = re.compile(r"^\s*(\(\d\)|[註注]\s?\d|[*†‡§#^]+|[⁰¹²³⁴-⁹])")


@dataclass(frozen=True)
class Quotable:
    """Units that may be quoted together. ``focus`` is the words that answer, ``around`` those that say about what.

    ``question`` is the question of an FAQ pair, empty elsewhere.
    """

    passage: Passage
    units: tuple[Unit, ...]
    focus: str
    around: str
    question: str = ""

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers and dates of the answering words, in normal form."""
        return frozenset(term for term in terms(self.focus) if is_number(term))


def quotables(passage: Passage, window: int = 2) -> Iterator[Quotable]:
    """Everything that may be quoted from ``passage``, in reading order; ``window`` is the most sentences together."""
    units = passage.chunk.units
    question = " ".join(passage.chunk.words(u.span) for u in units if u.kind is UnitKind.QUESTION)
    sentences = [u for u in units if u.kind is UnitKind.SENTENCE]
    for start in range(len(sentences)):
        for length in range(1, window + 1):
            run = sentences[start : start + length]
            if len(run) == length and _fits(run):
                yield _sentences(passage, run, question)
    for unit in units:
        if unit.kind is UnitKind.ROW:
            yield _row(passage, unit)


def _fits(run: Sequence[Unit]) -> bool:
    joined = run[-1].span.end - run[0].span.start
    touching = all(b.span.start - a.span.end <= 2 for a, b in pairwise(run))
    return len(run) == 1 or (joined <= MAX_CHARACTERS and touching)


def _sentences(passage: Passage, run: Sequence[Unit], question: str) -> Quotable:
    focus = " ".join(passage.chunk.words(unit.span) for unit in run)
    around = " ".join([*passage.chunk.heading_path, question])
    return Quotable(passage, tuple(run), focus, around, question)


def _row(passage: Passage, row: Unit) -> Quotable:
    heads = [u for u in passage.chunk.units if u.kind in (UnitKind.CAPTION, UnitKind.HEADER)]
    return rowed(passage, heads, [row])


def rowed(passage: Passage, heads: Sequence[Unit], row: Sequence[Unit]) -> Quotable:
    """A row, or those of its cells that are in ``row``, under ``heads``, with the footnotes that they point to."""
    chunk = passage.chunk
    shown = [*heads, *row]
    pointed = marks(chunk.words(unit.span) for unit in shown)
    notes = [u for u in chunk.units if u.kind is UnitKind.FOOTNOTE and mark_opening(chunk.words(u.span)) in pointed]
    around = " ".join([*chunk.heading_path, *(chunk.words(unit.span) for unit in [*heads, *notes])])
    return Quotable(passage, (*shown, *notes), " ".join(chunk.words(unit.span) for unit in row), around)


def marks(texts: Iterable[str]) -> frozenset[str]:
    """The footnote marks that stand in ``texts``."""
    return frozenset(mark for text in texts for mark in MARK.findall(text))


def mark_opening(footnote: str) -> str | None:
    """The mark that a footnote explains; None for a note to the whole table."""
    found = _LEADING_MARK.match(footnote)
    return found.group(1) if found else None
