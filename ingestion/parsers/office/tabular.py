"""Finds the tables in a sheet of cells: their titles, header rows, rows and notes, and the words that stand alone."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ingestion.parsers.elements import Element, Grid, Paragraph, Row, plain
from ingestion.parsers.labels import starts_item

Place = tuple[int, int]  # 1-based row and column
FIGURE = re.compile(
    r"[(+-]?\s*(?:HK\$|US\$|RMB|HKD|USD|CNY|[$¥€£])?\s*[(+-]?\d[\d,]*(?:\.\d+)?\s*%?\)?|\d{4}-\d\d-\d\d", re.IGNORECASE
)
YEAR = re.compile(r"(?:19|20|21)\d\d")
HEADER_ROWS = 3


@dataclass(frozen=True)
class Merge:
    """A merged range; its words lie in its first cell."""

    first: Place
    last: Place


@dataclass(frozen=True)
class Cells:
    """The words of a sheet by place; places without words are absent."""

    words: Mapping[Place, str]
    merges: Sequence[Merge] = field(default=())


@dataclass(frozen=True)
class _Block:
    """Neighbouring rows of the columns ``left`` to ``right``, with words in them."""

    rows: tuple[int, ...]
    left: int
    right: int


def elements(cells: Cells) -> list[Element]:
    """The tables and paragraphs of a sheet, band by band; a part without a header goes on with the table above it."""
    reading = _Reading(cells)
    found: list[tuple[_Block, Element]] = []
    for block in _blocks(reading):
        for element in reading.read(block):
            whole = _continued(found[-1], block, element) if found else None
            if whole is not None:
                found.pop()
            found.append((block, whole or element))
    return [element for _, element in found]


def _continued(last: tuple[_Block, Element], block: _Block, element: Element) -> Element | None:
    """The table above with the rows of one below it that has the same columns and no header; else None."""
    above = last[1]
    if not isinstance(above, Grid) or not isinstance(element, Grid):
        return None
    same = (last[0].left, last[0].right) == (block.left, block.right)
    if not same or element.headers or element.caption or not above.headers or above.footnotes:
        return None
    return replace(above, rows=above.rows + element.rows, footnotes=element.footnotes)


class _Reading:
    """One sheet with its merged cells spread: ``down`` repeats a cell in every row that it spans."""

    def __init__(self, cells: Cells) -> None:
        self.words = dict(cells.words)
        self.taken = set(self.words)
        self._rows = sorted({row for row, _ in self.words})
        self._columns = sorted({column for _, column in self.words})
        self._across: dict[Place, str] = {}
        self._merged_rows: set[int] = set()
        for merge in cells.merges:
            self._spread(merge)
        self.columns_of: dict[int, list[int]] = {}
        for row, column in sorted(self.taken):
            self.columns_of.setdefault(row, []).append(column)

    def _spread(self, merge: Merge) -> None:
        text = self.words.get(merge.first)
        if not text:
            return
        (top, left), (bottom, right) = merge.first, merge.last
        columns = _between(self._columns, left, right)
        for row in _between(self._rows, top, bottom):
            self.words[row, left] = text
            for column in columns:
                self.taken.add((row, column))
                self._across[row, column] = text
        if right > left:
            self._merged_rows.add(top)

    def read(self, block: _Block) -> Iterator[Element]:
        """The paragraphs and the table of a block."""
        counts = [self._count(row, block) for row in block.rows]
        if block.left == block.right or max(counts) < 2:
            yield from (self._paragraph(row, block) for row in block.rows)
            return
        first = next(at for at, count in enumerate(counts) if count > 1)
        last = max(at for at, count in enumerate(counts) if count > 1)
        above, title = block.rows[:first][:-1], block.rows[:first][-1:]
        yield from (self._paragraph(row, block) for row in above)
        header, body = self._parted(block.rows[first : last + 1], self._used(block))
        notes = tuple(plain(self._only(row, block)) for row in block.rows[last + 1 :])
        yield Grid(header, body, plain(self._only(title[0], block)) if title else (), notes)

    def _parted(self, rows: Sequence[int], columns: Sequence[int]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """Header rows and the others. A second header row follows one with merged cells, and is all words too."""
        count = 0
        while count < min(HEADER_ROWS, len(rows) - 1) and self._is_header(rows[count], columns):
            count += 1
            if rows[count - 1] not in self._merged_rows:
                break
        header = tuple(self._row(row, columns, header=True) for row in rows[:count])
        return header, tuple(self._row(row, columns) for row in rows[count:])

    def _is_header(self, row: int, columns: Sequence[int]) -> bool:
        cells = [self.words[row, column] for column in columns if (row, column) in self.words]
        return len(cells) > 1 and not any(FIGURE.fullmatch(c) and not YEAR.fullmatch(c) for c in cells)

    def _row(self, row: int, columns: Sequence[int], *, header: bool = False) -> Row:
        across = self._across if header else {}
        places = [(row, column) for column in columns]
        return tuple(plain(self.words.get(place) or across.get(place, "")) for place in places)

    def _used(self, block: _Block) -> list[int]:
        within = range(block.left, block.right + 1)
        return sorted({column for row in block.rows for column in self.columns_of[row] if column in within})

    def _paragraph(self, row: int, block: _Block) -> Paragraph:
        text = self._only(row, block)
        return Paragraph(plain(text), item=starts_item(text))

    def _only(self, row: int, block: _Block) -> str:
        return " ".join(self.words[row, column] for column in self._filled(row, block))

    def _count(self, row: int, block: _Block) -> int:
        return len(self._filled(row, block))

    def _filled(self, row: int, block: _Block) -> list[int]:
        within = range(block.left, block.right + 1)
        return [column for column in self.columns_of[row] if column in within and (row, column) in self.words]


def _blocks(reading: _Reading) -> Iterator[_Block]:
    for rows in _runs(sorted(reading.columns_of)):
        columns = sorted({column for row in rows for column in reading.columns_of[row]})
        for left, right in _sides(reading, rows, columns):
            kept = tuple(row for row in rows if any(left <= column <= right for column in reading.columns_of[row]))
            yield _Block(kept, left, right)


def _sides(reading: _Reading, rows: Sequence[int], columns: Sequence[int]) -> list[tuple[int, int]]:
    """Tables side by side have a blank column between them and each a first row of its own; else it is one table."""
    runs = _runs(columns)
    sides = [(run[0], run[-1]) for run in runs]
    stands_alone = all(
        right > left and sum((row, c) in reading.words for row in rows for c in range(left, right + 1)) > 2
        for left, right in sides
    )
    headed = all(any((row, left) in reading.words for row in rows[:2]) for left, _ in sides)
    return sides if stands_alone and headed else [(columns[0], columns[-1])]


def _between(numbers: Sequence[int], first: int, last: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Stretches of numbers that follow each other."""
    runs = [[numbers[0]]] if numbers else []
    for before, number in pairwise(numbers):
        if number == before + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
