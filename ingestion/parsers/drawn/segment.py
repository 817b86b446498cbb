"""A piece of one printed line, and what is known of how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ingestion.parsers.elements import Box, Fragment, Words, text_of
from ingestion.parsers.labels import gap_between


@dataclass(frozen=True)
class Segment:
    """A stretch of a line without a wide gap. ``base`` is its baseline from the page's top, ``size`` in points.

    ``glyphs`` is the range of pdfium's indices it was read from: what is drawn one after the other is close in it.
    """

    words: Words
    page: int
    box: Box
    base: float
    size: float
    bold: bool
    glyphs: tuple[int, int]

    @cached_property
    def text(self) -> str:
        """The words as one string."""
        return text_of(self.words)


@dataclass(frozen=True)
class DrawnGrid:
    """A ruled table of one page: for every row its cells' words; a cell that spans rows stands in each of them."""

    page: int
    box: Box
    rows: tuple[tuple[Words, ...], ...]


Item = Segment | DrawnGrid


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all ``boxes``; at least one."""
    each = iter(boxes)
    left, top, right, bottom = next(each)
    for x0, y0, x1, y1 in each:  # a page has thousands: comparing costs half of calling min and max
        left = x0 if x0 < left else left
        top = y0 if y0 < top else top
        right = x1 if x1 > right else right
        bottom = y1 if y1 > bottom else bottom
    return left, top, right, bottom


def join(lines: Sequence[Words]) -> Words:
    """The lines of one paragraph as one: joined by a space in Latin script, by nothing in Chinese."""
    words: list[Fragment] = []
    for line in lines:
        gap = gap_between(words[-1].text, line[0].text) if words and line else ""
        words.extend([Fragment(gap)] if gap else [])
        words.extend(line)
    return tuple(words)


def merge(left: Segment, right: Segment) -> Segment:
    """Two neighbours on one line as one segment; the bigger one lends its look."""
    look = left if len(left.text) >= len(right.text) else right
    gap = right.box[0] - left.box[2]
    spaced = (Fragment(" "),) if gap > 0.12 * look.size and gap_between(left.text, right.text) else ()
    return replace(
        look,
        words=(*left.words, *spaced, *right.words),
        box=union([left.box, right.box]),
        glyphs=(left.glyphs[0], right.glyphs[1]),
    )
