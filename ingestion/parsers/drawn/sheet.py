"""One PDF page as items: checked segments, and ruled tables with the words in their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium

from ingestion.parsers.drawn import grids
from ingestion.parsers.drawn.glyphs import Glyphs, Range
from ingestion.parsers.drawn.grids import Lattice
from ingestion.parsers.drawn.order import merged_rows
from ingestion.parsers.drawn.proof import Proof
from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment, join
from ingestion.parsers.elements import Box, Words
from knowledge_bases.parsed import Page

NO_TEXT = "no text: scanned image; needs OCR"


@dataclass(frozen=True)
class Sheet:
    """A page and what was found on it, not yet in reading order."""

    page: Page
    items: tuple[Item, ...]


def read(page: pdfium.PdfPage, number: int) -> Sheet:
    """The items of one page; a page without words says so in ``Page.problem``."""
    width, height = page.get_size()
    glyphs = Glyphs(page, number)
    lines = glyphs.lines()
    if not lines:
        return Sheet(Page(number, width, height, NO_TEXT), ())
    proof = Proof(page, glyphs)
    lattices = grids.find(page)
    filling = _Filling(glyphs, lattices)
    loose = [segment for line in lines for segment in filling.take(line)]
    items: list[Item] = [replace(s, words=proof.checked(s.words)) for s in merged_rows(loose)]
    items += [_drawn(number, lattice, filling.cells(lattice), proof) for lattice in lattices]
    return Sheet(Page(number, width, height), tuple(items))


class _Filling:
    """Shares the lines of a page out among table cells; what is in no cell is handed back."""

    def __init__(self, glyphs: Glyphs, lattices: Sequence[Lattice]) -> None:
        self._glyphs = glyphs
        self._lattices = lattices
        self._pieces: dict[Box, list[Segment]] = defaultdict(list)

    def take(self, line: Range) -> Iterator[Segment]:
        """The segments of ``line`` outside all tables; the others are kept for their cells."""
        segments = list(self._glyphs.segments(line))
        if not any(_inside(lattice.box, segment.box) for lattice in self._lattices for segment in segments):
            yield from segments
            return
        for cell, part in self._by_cell(line):
            piece = self._glyphs.segment(part)
            if cell is None:
                yield piece
            else:
                self._pieces[cell].append(piece)

    def cells(self, lattice: Lattice) -> dict[Box, Words]:
        """The words of each cell, its lines joined."""
        boxes = {cell for row in lattice.rows for cell in row if cell is not None}
        return {box: join([s.words for s in _top_down(self._pieces[box])]) for box in boxes}

    def _by_cell(self, line: Range) -> Iterator[tuple[Box | None, Range]]:
        start, here, seen = line[0], None, False
        for index in range(*line):
            box = self._glyphs.box(index)
            if box is None:
                continue
            cell = self._cell((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            if seen and cell != here:
                yield here, (start, index)
                start = index
            here, seen = cell, True
        if seen:
            yield here, (start, line[1])

    def _cell(self, x: float, y: float) -> Box | None:
        for lattice in self._lattices:
            if _holds(lattice.box, x, y):
                cells = (cell for row in lattice.rows for cell in row if cell is not None)
                return next((cell for cell in cells if _holds(cell, x, y)), None)
        return None


def _drawn(number: int, lattice: Lattice, words: dict[Box, Words], proof: Proof) -> DrawnGrid:
    checked = {box: proof.checked(cell) for box, cell in words.items()}
    rows = tuple(tuple(checked[cell] if cell is not None else () for cell in row) for row in lattice.rows)
    return DrawnGrid(number, lattice.box, tuple(row for row in rows if any(row)))


def _top_down(pieces: Sequence[Segment]) -> list[Segment]:
    return sorted(merged_rows(pieces), key=lambda piece: (piece.base, piece.box[0]))


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _inside(outer: Box, inner: Box) -> bool:
    return outer[1] <= (inner[1] + inner[3]) / 2 <= outer[3] and inner[0] < outer[2] and inner[2] > outer[0]
