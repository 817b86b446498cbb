"""One PDF page as items: checked segments, and ruled tables with the words in their cells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingestion.parsers.drawn import grids
from ingestion.parsers.drawn.glyphs import Glyph, Glyphs, Range
from ingestion.parsers.drawn.grids import Lattice
from ingestion.parsers.drawn.objects import Objects
from ingestion.parsers.drawn.order import merged_rows
from ingestion.parsers.drawn.proof import Proof
from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment, join, union
from ingestion.parsers.elements import Box, Words
from ingestion.parsers.labels import depth, is_label
from knowledge_bases.parsed import HiddenText, Page

LONG_TEXT = 500  # characters in one cell
NUMBERED_TEXT = 120  # the same where the row carries a clause number of its own
PROSE_SHARE = 0.6
NO_TEXT = "no text: it is a picture"
BROKEN = "not read: the page is damaged; export the document again"


@dataclass(frozen=True)
class Sheet:
    """A page and what was found on it, not yet in reading order. ``text`` is its own text, as the file gives it.

    ``hidden`` is what was taken off the page before. ``pictured`` is the share of it that its biggest picture covers.
    """

    page: Page
    items: tuple[Item, ...]
    text: str = ""
    hidden: tuple[HiddenText, ...] = ()
    pictured: float = 0.0


class Layer(Protocol):
    """The text of one page: the file's own, or what was read from its picture. Ranges are of its characters."""

    number: int

    @property
    def lines(self) -> Sequence[Range]:
        """The printed lines in which something is drawn."""
        ...

    def segments(self, line: Range) -> Iterator[Segment]:
        """The segments of one line."""
        ...

    def segment(self, part: Range) -> Segment:
        """The segment of a range of one line."""
        ...

    def box(self, index: int) -> Box | None:
        """Where a character is drawn; None for blanks."""
        ...


class Check(Protocol):
    """The second look: takes their boxes from words that may not be quoted."""

    def segments(self, segments: Sequence[Segment]) -> Sequence[Segment]:
        """The segments of one page, checked, in their order."""
        ...

    def words(self, words: Words) -> Words:
        """The words, checked."""
        ...


def broken(number: int, width: float = 0.0, height: float = 0.0) -> Sheet:
    """A page that pdfium cannot read, named so that the others can go in."""
    return Sheet(Page(number, width, height, BROKEN), ())


def read(page: pdfium.PdfPage, number: int, objects: Objects, concealed: frozenset[Glyph] = frozenset()) -> Sheet:
    """The items of one page, without its ``concealed`` glyphs; a page without words says so in ``Page.problem``."""
    width, height = page.get_size()
    pictured = _biggest_picture(objects) / max(width * height, 1.0)
    glyphs = Glyphs(page, number, concealed)
    try:
        if not glyphs.lines:
            return Sheet(Page(number, width, height, NO_TEXT), (), glyphs.letters, pictured=pictured)
        items = items_of(glyphs, grids.find(page, objects), Proof(page, glyphs))
        return Sheet(Page(number, width, height), items, glyphs.letters, pictured=pictured)
    finally:
        glyphs.close()


def _biggest_picture(objects: Objects) -> float:
    left, bottom, right, top = objects.bounds[objects.of(raw.FPDF_PAGEOBJ_IMAGE)].T
    return float(((right - left) * (top - bottom)).max(initial=0.0))


def items_of(layer: Layer, lattices: Sequence[Lattice], proof: Check) -> tuple[Item, ...]:
    """The checked segments and filled tables of one page."""
    filling = _Filling(layer, lattices)
    loose = [segment for line in layer.lines for segment in filling.take(line)]
    tables = [lattice for lattice in lattices if not filling.is_prose(lattice)]
    loose += [segment for lattice in lattices if lattice not in tables for segment in filling.lines(lattice)]
    items: list[Item] = [*proof.segments(merged_rows(loose))]
    items += [_drawn(layer.number, lattice, filling.cells(lattice), proof) for lattice in tables]
    return tuple(items)


class _Filling:
    """Shares the lines of a page out among table cells; what is in no cell is handed back."""

    def __init__(self, layer: Layer, lattices: Sequence[Lattice]) -> None:
        self._layer = layer
        self._lattices = lattices
        self._cells = _cells(lattices)
        self._rows = _Rows(self._cells)
        self._pieces: dict[Box, list[Segment]] = defaultdict(list)

    def take(self, line: Range) -> Iterator[Segment]:
        """The segments of ``line`` outside all tables; the others are kept for their cells."""
        if not self._lattices:
            yield from self._layer.segments(line)
            return
        segments = list(self._layer.segments(line))
        cells = [self._cell_of(segment.box) for segment in segments]
        if not any(_inside(lattice.box, segment.box) for lattice in self._lattices for segment in segments):
            yield from segments
            return
        whole = all(cell is not None for cell in cells)
        pieces = zip(cells, segments, strict=True) if whole else self._by_cell(line, union(s.box for s in segments))
        for cell, piece in pieces:
            if cell is None:
                yield piece
            else:
                self._pieces[cell].append(piece)

    def cells(self, lattice: Lattice) -> dict[Box, Words]:
        """The words of each cell, its lines joined."""
        return {box: join([s.words for s in _top_down(self._pieces[box])]) for box in _cells([lattice])}

    def is_prose(self, lattice: Lattice) -> bool:
        """Whether the table only lays out running text: most of its words stand in long or numbered clauses."""
        rows = [[_length(self._pieces[cell]) for cell in row if cell is not None] for row in lattice.rows]
        prose = sum(
            sum(lengths)
            for lengths, row in zip(rows, lattice.rows, strict=True)
            if max(lengths, default=0) >= (NUMBERED_TEXT if self._is_clause(row) else LONG_TEXT)
        )
        return prose > PROSE_SHARE * sum(map(sum, rows))

    def lines(self, lattice: Lattice) -> list[Segment]:
        """All pieces in the cells of a table that is none."""
        pieces = [piece for cell in _cells([lattice]) for piece in self._pieces[cell]]
        return sorted(pieces, key=lambda piece: piece.glyphs)

    def _is_clause(self, row: Sequence[Box | None]) -> bool:
        texts = (" ".join(piece.text for piece in self._pieces[cell]) for cell in row if cell is not None)
        return any(depth(f"{text} ") > 1 and is_label(text) for text in texts)

    def _cell_of(self, box: Box) -> Box | None:
        return next((cell for cell in self._rows.at((box[1] + box[3]) / 2) if _contains(cell, box)), None)

    def _by_cell(self, line: Range, box: Box) -> Iterator[tuple[Box | None, Segment]]:
        for cell, part in self._parted(line, box):
            yield cell, self._layer.segment(part)

    def _parted(self, line: Range, box: Box) -> Iterator[tuple[Box | None, Range]]:
        cells = [cell for cell in self._cells if cell[1] < box[3] and box[1] < cell[3]]
        start, here, seen = line[0], None, False
        for index in range(*line):
            glyph = self._layer.box(index)
            if glyph is None:
                continue
            cell = _around(cells, (glyph[0] + glyph[2]) / 2, (glyph[1] + glyph[3]) / 2)
            if seen and cell != here:
                yield here, (start, index)
                start = index
            here, seen = cell, True
        if seen:
            yield here, (start, line[1])


class _Rows:
    """Cells by the rows they stand in: most lines of a page are in one row, and it has few cells."""

    def __init__(self, cells: Iterable[Box]) -> None:
        self._tops = sorted({cell[1] for cell in cells})
        self._cells: list[list[Box]] = [[] for _ in self._tops]
        for cell in cells:
            for row in range(bisect_left(self._tops, cell[1]), bisect_right(self._tops, cell[3])):
                self._cells[row].append(cell)

    def at(self, y: float) -> Sequence[Box]:
        """The cells that may reach to the height ``y``."""
        row = bisect_right(self._tops, y) - 1
        return self._cells[row] if row >= 0 else ()


def _cells(lattices: Sequence[Lattice]) -> set[Box]:
    return {cell for lattice in lattices for row in lattice.rows for cell in row if cell is not None}


def _length(pieces: Sequence[Segment]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _contains(cell: Box, box: Box) -> bool:
    middle = (box[1] + box[3]) / 2
    return cell[0] <= box[0] and box[2] <= cell[2] and cell[1] <= middle <= cell[3]


def _around(cells: Sequence[Box], x: float, y: float) -> Box | None:
    return next((cell for cell in cells if cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3]), None)


def _drawn(number: int, lattice: Lattice, words: dict[Box, Words], proof: Check) -> DrawnGrid:
    checked = {box: proof.words(cell) for box, cell in words.items()}
    rows = tuple(tuple(checked[cell] if cell is not None else () for cell in row) for row in lattice.rows)
    return DrawnGrid(number, lattice.box, tuple(row for row in rows if any(row)))


def _top_down(pieces: Sequence[Segment]) -> list[Segment]:
    return sorted(merged_rows(pieces), key=lambda piece: (piece.base, piece.box[0]))


def _inside(outer: Box, inner: Box) -> bool:
    return outer[1] <= (inner[1] + inner[3]) / 2 <= outer[3] and inner[0] < outer[2] and inner[2] > outer[0]
