"""Lines into paragraphs, clauses and footnotes, across columns and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

import numpy as np

from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment, join
from ingestion.parsers.elements import Words
from ingestion.parsers.labels import ends_sentence, starts_item, succeeds
from ingestion.parsers.toc import is_contents_line

SAME_SIZE = 0.08
LOOSE = 1.25  # of the usual distance between lines: more parts two paragraphs
SHORT = 0.12  # of the column's width: a line that ends this early ends its paragraph
USUAL_PITCH = 1.2  # of the type size, on a page with too few lines to tell
NEAR = 8  # lines before and after that show how wide a column is
SMALL = 0.92  # of the body's size


@dataclass(frozen=True)
class Passage:
    """The lines of one paragraph, heading or clause."""

    lines: tuple[Segment, ...]

    @cached_property
    def words(self) -> Words:
        """All lines as one."""
        return join([line.words for line in self.lines])

    @property
    def size(self) -> float:
        """The type size of its first line."""
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        """Whether every line is set bold."""
        return all(line.bold for line in self.lines)


@dataclass(frozen=True)
class Body:
    """The look of the document's running text."""

    size: float
    bold: bool


def body_of(items: Sequence[Item]) -> Body:
    """The commonest look by number of characters."""
    looks: Counter[tuple[float, bool]] = Counter()
    for item in items:
        if isinstance(item, Segment):
            looks[(round(item.size * 2) / 2, item.bold)] += len(item.text)
    (size, bold), _ = looks.most_common(1)[0] if looks else ((10.0, False), 0)
    return Body(size, bold)


def passages(pages: Sequence[Sequence[Item]], body: Body) -> Iterator[Passage | DrawnGrid]:
    """The passages and tables of all pages in reading order; a page's own footnotes follow the paragraph they cut."""
    weaver = _Weaver(body)
    for items in pages:
        weaver.turn(items)
        for item in items:
            yield from weaver.take(item)
    yield from weaver.close()


class _Weaver:
    """Holds the paragraph that is still open, and the footnotes waiting for it to end."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._open: list[Segment] = []
        self._waiting: list[Passage] = []
        self._note: list[Segment] = []
        self._pitch = 0.0
        self._full: set[int] = set()
        self._notes_from = float("inf")

    def turn(self, items: Sequence[Item]) -> None:
        """A new page begins."""
        self._end_note()
        lines = [item for item in items if isinstance(item, Segment)]
        steps = [b.base - a.base for a, b in pairwise(lines) if 0.8 * a.size < b.base - a.base < 2.2 * a.size]
        self._pitch = median(steps) if steps else 0.0
        self._full = _full_lines(lines)
        self._notes_from = self._first_note(items)

    def take(self, item: Item) -> Iterator[Passage | DrawnGrid]:
        """What is finished by the coming of ``item``."""
        if isinstance(item, DrawnGrid):
            yield from self.close()
            yield item
        elif item.base >= self._notes_from:
            self._footnote(item)
        elif self._open and self._reads_on(self._open[-1], item):
            self._open.append(item)
        else:
            yield from self.close()
            self._open = [item]

    def close(self) -> Iterator[Passage]:
        """The open paragraph and the footnotes that waited for it."""
        if self._open:
            yield Passage(tuple(self._open))
        self._open = []
        self._end_note()
        yield from self._waiting
        self._waiting = []

    def _footnote(self, line: Segment) -> None:
        if self._note and not (starts_item(line.text) or line.text[:1].isdigit()):
            self._note.append(line)
        else:
            self._end_note()
            self._note = [line]

    def _end_note(self) -> None:
        if self._note:
            self._waiting.append(Passage(tuple(self._note)))
        self._note = []

    def _first_note(self, items: Sequence[Item]) -> float:
        """The baseline where small type takes over until the foot of the page, set off by a number."""
        lines = [item for item in items if isinstance(item, Segment)]
        small: list[Segment] = []
        for line in reversed(lines):
            if line.size >= SMALL * self._body.size and not (small and line.size < 8 and len(line.text) < 4):
                break
            small.append(line)
        grids = [item.box[3] for item in items if isinstance(item, DrawnGrid)]
        numbered = [line.base for line in small if line.text[:1].isdigit() and line.base > max(grids, default=0.0)]
        return min(numbered) if numbered and len(small) < len(lines) else float("inf")

    def _reads_on(self, before: Segment, line: Segment) -> bool:
        """Whether ``line`` goes on with the open paragraph."""
        if is_contents_line(line.text) or is_contents_line(before.text) or not self._same_look(before, line):
            return False
        if before.page != line.page or line.base < before.base - before.size:
            return not ends_sentence(before.text) and not starts_item(line.text) and self._is_text(line)
        apart = line.base - before.base
        pitch = self._pitch or USUAL_PITCH * before.size
        if not 0.5 * before.size < apart <= LOOSE * max(pitch, before.size):
            return False
        full = id(before) in self._full
        if starts_item(line.text):
            wrapped = full and not ends_sentence(before.text) and apart <= 1.1 * pitch
            return wrapped and not succeeds(self._open[0].text, line.text)
        return full or not ends_sentence(before.text)

    def _same_look(self, before: Segment, line: Segment) -> bool:
        same = abs(before.size - line.size) <= SAME_SIZE * before.size
        return same and (before.bold == line.bold or (not before.bold and len(self._open) > 0 and not line.bold))

    def _is_text(self, line: Segment) -> bool:
        return abs(line.size - self._body.size) <= SAME_SIZE * self._body.size and line.bold == self._body.bold


def _full_lines(lines: Sequence[Segment]) -> set[int]:
    """The ids of the lines that reach the right edge of their column, as their neighbours in it show it."""
    if not lines:
        return set()
    edges = np.array([(line.box[0], line.box[2]) for line in lines])
    around = np.pad(edges, ((NEAR, NEAR), (0, 0)), constant_values=np.nan)  # nothing is beside what is not there
    near = np.lib.stride_tricks.sliding_window_view(around, 2 * NEAR + 1, axis=0)
    starts, ends = near[:, 0], near[:, 1]
    beside = (starts < edges[:, 1:]) & (edges[:, :1] < ends)
    left = np.where(beside, starts, edges[:, :1]).min(axis=1)
    right = np.where(beside, ends, edges[:, 1:]).max(axis=1)
    full = (beside.sum(axis=1) > 1) & (edges[:, 1] >= right - SHORT * (right - left))
    return {id(lines[number]) for number in np.flatnonzero(full).tolist()}
