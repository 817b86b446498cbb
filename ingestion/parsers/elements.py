"""What a parser finds in a file, in reading order, before it becomes one text with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingestion.parsers.hidden.characters import FEWEST, ZERO_WIDTH

Box = tuple[float, float, float, float]

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff\xad]")
CARRIED = re.compile(f"(?P<words>[{ZERO_WIDTH}]{{{FEWEST},}})|{CONTROL.pattern}")
BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Fragment:
    """A stretch of words and where it is drawn: ``box`` in points from the top left of the 1-based ``page``.

    A fragment without a box was not taken from a page (a joining space, or a format without pages).
    """

    text: str
    page: int | None = None
    box: Box | None = None


Words = tuple[Fragment, ...]
Row = tuple[Words, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; those of a lower ``level`` stay above it. Levels may leave gaps."""

    words: Words
    level: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, or one item of a list or clause. ``caption`` where the format itself says it captions a table."""

    words: Words
    item: bool = False
    caption: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: header rows, rows, and what stands above and below it."""

    headers: tuple[Row, ...]
    rows: tuple[Row, ...]
    caption: Words = ()
    footnotes: tuple[Words, ...] = ()


Element = Heading | Paragraph | Grid


def clean(text: str) -> str:
    """``text`` on one line: control characters and zero-width marks dropped, blanks collapsed, ends stripped.

    Zero-width marks in such a row that they may spell words stay, for ``document`` to read and report.
    """
    return BLANK.sub(" ", CARRIED.sub(lambda found: found["words"] or "", text)).strip()


def plain(text: str) -> Words:
    """The words of a format without pages; none for blank text."""
    words = clean(text)
    return (Fragment(words),) if words else ()


def text_of(words: Iterable[Fragment]) -> str:
    """The words as one string."""
    return "".join([fragment.text for fragment in words])  # for a list, join need not make one
