"""A parsed document cut into what is compared: its headings, paragraphs and list items, and its tables line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge_bases.parsed import Block, BlockKind, ParsedDocument, Table
from knowledge_bases.schema import Span

CELL = " | "
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_BLANKS_AROUND_CJK = re.compile(rf"\s+(?=[{_CJK}])|(?<=[{_CJK}])\s+")


class LineKind(StrEnum):
    """What a line is in its document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    CAPTION = "caption"
    HEADER = "header"
    ROW = "row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True)
class Line:
    """A stretch of a parsed text that is compared as one. ``heading`` is the innermost heading above it, or "".

    ``headings`` are all of those above it, outermost first. ``column_headers`` are those of a table's row, as far as it
    has any; ``caption`` is the table's.
    """

    kind: LineKind
    span: Span
    text: str
    heading: str
    page: int | None
    column_headers: tuple[str, ...] = ()
    caption: str = ""
    headings: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """A table line's cells; the whole text of any other line."""
        return tuple(self.text.split(CELL)) if self.kind in (LineKind.ROW, LineKind.HEADER) else (self.text,)

    @property
    def folded(self) -> str:
        """The text without what another layout changes: line breaks, and blanks beside Chinese characters."""
        return " ".join(_BLANKS_AROUND_CJK.sub("", self.text).split())


def lines_of(document: ParsedDocument) -> tuple[Line, ...]:
    """Every line in reading order; together they hold all of the text but blanks. Empty for an empty document."""
    return tuple(line for block in document.blocks for line in _of_block(block, document.text))


def _of_block(block: Block, text: str) -> Iterator[Line]:
    path = block.heading_path
    heading = path[-1] if path else ""
    if block.kind is not BlockKind.TABLE or block.table is None:
        yield Line(_KINDS[block.kind], block.span, block.span.slice(text), heading, block.page, headings=path)
        return
    columns = _columns(block.table, text)
    caption = "" if block.table.caption is None else block.table.caption.slice(text)
    for kind, span in _filled(block.span, _table_parts(block.table), text):
        headers = columns if kind is LineKind.ROW else ()
        yield Line(kind, span, span.slice(text), heading, block.page, headers, caption, path)


_KINDS = {
    BlockKind.HEADING: LineKind.HEADING,
    BlockKind.PARAGRAPH: LineKind.PARAGRAPH,
    BlockKind.LIST_ITEM: LineKind.LIST_ITEM,
    BlockKind.TABLE: LineKind.PARAGRAPH,  # one whose parts are not known is read as prose
}


def _table_parts(table: Table) -> Iterator[tuple[LineKind, Span]]:
    if table.caption is not None:
        yield LineKind.CAPTION, table.caption
    yield from ((LineKind.HEADER, span) for span in table.headers)
    yield from ((LineKind.ROW, span) for span in table.rows)
    yield from ((LineKind.FOOTNOTE, span) for span in table.footnotes)


def _filled(whole: Span, parts: Iterator[tuple[LineKind, Span]], text: str) -> Iterator[tuple[LineKind, Span]]:
    """The parts in reading order; words between them that belong to none are paragraphs of their own."""
    at = whole.start
    for kind, span in sorted(parts, key=lambda part: part[1]):
        yield from _loose(at, span.start, text)
        yield kind, span
        at = max(at, span.end)
    yield from _loose(at, whole.end, text)


def _loose(start: int, end: int, text: str) -> Iterator[tuple[LineKind, Span]]:
    words = text[start:end].strip() if start < end else ""
    if words:
        first = text.index(words, start)
        yield LineKind.PARAGRAPH, Span(first, first + len(words))


def _columns(table: Table, text: str) -> tuple[str, ...]:
    """The column headers; of several header rows each column has all, outermost first."""
    rows = [span.slice(text).split(CELL) for span in table.headers]
    width = max((len(row) for row in rows), default=0)
    return tuple(" ".join(dict.fromkeys(row[i] for row in rows if i < len(row))) for i in range(width))
