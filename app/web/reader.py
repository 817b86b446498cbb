"""A stored document as a reader sees it: escaped blocks or page images, with the quoted spans marked.

Pure: from a parse and spans to values a template can show. Used wherever a citation is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_bases.parsed import Block, BlockKind, Page, ParsedDocument, Run
from knowledge_bases.schema import Span

CELL = " | "


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is quoted or not. ``first`` marks the first quoted piece of the page."""

    text: str
    quoted: bool
    first: bool = False


@dataclass(frozen=True)
class ReadableBlock:
    """A block to show. ``lines`` are table rows of cells; anything else is one line of one cell."""

    kind: str
    level: int
    header_lines: tuple[tuple[tuple[Piece, ...], ...], ...]
    lines: tuple[tuple[tuple[Piece, ...], ...], ...]
    notes: tuple[tuple[Piece, ...], ...]
    caption: tuple[Piece, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle on a page, in points from its top left."""

    left: float
    top: float
    width: float
    height: float


def quoted_page(document: ParsedDocument, spans: Sequence[Span]) -> int | None:
    """The physical page on which the first of ``spans`` is drawn; None in formats without pages.

    Without spans, or where none of them is drawn, the first page.
    """
    if not document.pages:
        return None
    for span in spans:
        if runs := document.boxes(span):
            return runs[0].page
    return document.pages[0].number


def highlights(document: ParsedDocument, spans: Sequence[Span], page: Page) -> tuple[Box, ...]:
    """Where the words of ``spans`` stand on ``page``; a run that is quoted in part is marked in that part."""
    return tuple(_box(run, span) for span in spans for run in document.boxes(span) if run.page == page.number)


def readable_blocks(document: ParsedDocument, spans: Sequence[Span]) -> tuple[ReadableBlock, ...]:
    """All blocks in reading order, their text cut where a quote begins and ends."""
    marker = _Marker(document.text, spans)
    return tuple(_readable(block, marker) for block in document.blocks)


class _Marker:
    """Cuts spans of a text into pieces; knows which quoted piece comes first."""

    def __init__(self, text: str, quotes: Sequence[Span]) -> None:
        self._text = text
        self._quotes = quotes
        self._seen = False

    def pieces(self, span: Span) -> tuple[Piece, ...]:
        edges = {span.start, span.end}
        for quote in self._quotes:
            edges |= {edge for edge in (quote.start, quote.end) if span.start < edge < span.end}
        cuts = sorted(edges)
        return tuple(self._piece(Span(start, end)) for start, end in pairwise(cuts))

    def cells(self, row: Span) -> tuple[tuple[Piece, ...], ...]:
        cells, start = [], row.start
        for words in row.slice(self._text).split(CELL):
            end = start + len(words)
            cells.append(self.pieces(Span(start, end)) if words else ())
            start = end + len(CELL)
        return tuple(cells)

    def _piece(self, span: Span) -> Piece:
        quoted = any(span.within(quote) for quote in self._quotes)
        first = quoted and not self._seen
        self._seen = self._seen or quoted
        return Piece(span.slice(self._text), quoted, first)


def _readable(block: Block, marker: _Marker) -> ReadableBlock:
    table = block.table
    if table is None:
        line = (marker.pieces(block.span),)
        return ReadableBlock(block.kind.value, block.level, (), (line,), (), ())
    return ReadableBlock(
        kind=BlockKind.TABLE.value,
        level=0,
        caption=() if table.caption is None else marker.pieces(table.caption),
        header_lines=tuple(marker.cells(header) for header in table.headers),
        lines=tuple(marker.cells(row) for row in table.rows),
        notes=tuple(marker.pieces(note) for note in table.footnotes),
    )


def _box(run: Run, span: Span) -> Box:
    """The part of a run that ``span`` covers, taking its characters as equally wide."""
    left, top, right, bottom = run.box
    length = run.span.end - run.span.start
    begin = max(span.start - run.span.start, 0) / length
    end = min(span.end - run.span.start, length) / length
    return Box(left + (right - left) * begin, top, (right - left) * (end - begin), bottom - top)
