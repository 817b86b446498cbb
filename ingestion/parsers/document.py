"""Writes elements down as one text with offsets: the only place where spans of a parse are made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, Row, Words, text_of
from ingestion.parsers.hidden.orders import orders_in
from ingestion.parsers.hidden.report import merged
from ingestion.parsers.hidden.sift import Sieve
from ingestion.parsers.notes import attach
from knowledge_bases.parsed import Block, BlockKind, HiddenText, Page, ParsedDocument, Run, Table
from knowledge_bases.schema import Span

CELL_GAP = " | "
NOT_IN_SLUG = re.compile(r"[^\w]+")


def write(
    elements: Iterable[Element], parser: str, pages: Sequence[Page] = (), hidden: Sequence[HiddenText] = ()
) -> ParsedDocument:
    """The document of ``elements``, in their order. ``pages`` is empty for formats without pages.

    Elements without words are left out. ``anchor`` is set only where there are no pages. To what the format found
    ``hidden``, what characters without a glyph say and orders to a model are added: so for every format.
    """
    pen, sieve = _Pen(paged=bool(pages)), Sieve()
    for element in attach([sieve.sifted(element) for element in elements]):
        pen.write(element)
    document = pen.document(parser, tuple(pages))
    return replace(document, hidden=merged([*hidden, *sieve.found, *orders_in(document)]))


class _Pen:
    """One document being written: the text so far and the headings above the next block."""

    def __init__(self, *, paged: bool) -> None:
        self._paged = paged
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._runs: list[Run] = []
        self._headings: list[tuple[int, str]] = []
        self._anchor: str | None = None
        self._anchors: set[str] = set()

    def document(self, parser: str, pages: tuple[Page, ...]) -> ParsedDocument:
        return ParsedDocument("".join(self._parts), tuple(self._blocks), parser, pages, tuple(self._runs))

    def write(self, element: Element) -> None:
        match element:
            case Heading(words, level) if text_of(words).strip():
                self._heading(words, level)
            case Paragraph(words, item) if text_of(words).strip():
                kind = BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH
                self._block(kind, self._line(words), _page(words))
            case Grid():
                self._grid(element)

    def _heading(self, words: Words, level: int) -> None:
        text = text_of(words)
        self._headings = [above for above in self._headings if above[0] < level]
        self._anchor = self._slug(text)
        self._block(BlockKind.HEADING, self._line(words), _page(words), min(len(self._headings) + 1, 6))
        self._headings.append((level, text))

    def _grid(self, grid: Grid) -> None:
        if not any(map(any, grid.rows)):
            return
        table = Table(
            caption=self._line(grid.caption) if grid.caption else None,
            headers=tuple(self._row(row) for row in grid.headers if any(row)),
            rows=tuple(self._row(row) for row in grid.rows if any(row)),
            footnotes=tuple(self._line(words) for words in grid.footnotes if words),
        )
        spans = [*([table.caption] if table.caption else []), *table.headers, *table.rows, *table.footnotes]
        whole = Span(spans[0].start, spans[-1].end)
        self._blocks.append(self._framed(BlockKind.TABLE, whole, _grid_page(grid), table=table))

    def _block(self, kind: BlockKind, span: Span, page: int | None, level: int = 0) -> None:
        self._blocks.append(self._framed(kind, span, page, level))

    def _framed(
        self, kind: BlockKind, span: Span, page: int | None, level: int = 0, table: Table | None = None
    ) -> Block:
        path = tuple(text for _, text in self._headings)
        return Block(kind, span, page, path, None if self._paged else self._anchor, level, table)

    def _line(self, words: Words) -> Span:
        start = self._length
        for fragment in words:
            if fragment.box is not None and fragment.page is not None and fragment.text:
                self._runs.append(Run(self._ahead(fragment.text), fragment.page, fragment.box))
            self._put(fragment.text)
        span = Span(start, self._length)
        self._put("\n")
        return span

    def _row(self, row: Row) -> Span:
        start = self._length
        for number, cell in enumerate(row):
            if number:
                self._put(CELL_GAP)
            if cell:
                self._line(cell)
                self._unput()
        span = Span(start, self._length)
        self._put("\n")
        return span

    def _ahead(self, text: str) -> Span:
        return Span(self._length, self._length + len(text))

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _unput(self) -> None:
        self._length -= len(self._parts.pop())

    def _slug(self, text: str) -> str:
        slug = base = NOT_IN_SLUG.sub("-", text.lower()).strip("-") or "section"
        number = 1
        while slug in self._anchors:
            number += 1
            slug = f"{base}-{number}"
        self._anchors.add(slug)
        return slug


def _page(words: Words) -> int | None:
    return next((fragment.page for fragment in words if fragment.page is not None), None)


def _grid_page(grid: Grid) -> int | None:
    cells = [grid.caption, *(cell for row in (*grid.headers, *grid.rows) for cell in row)]
    return next((page for page in map(_page, cells) if page is not None), None)
