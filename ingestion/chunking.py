"""A parsed document into chunks: small, whole in meaning, and always a slice of the stored text.

Clauses and question-and-answer pairs stay whole while they are short enough; no chunk crosses a heading; a long
table is parted between rows, each part with the caption, header and footnotes of the whole.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ingestion.sections import Sizes, pieces, sections
from ingestion.units import Units, table_units
from knowledge_bases.parsed import Block, ParsedDocument, Table
from knowledge_bases.schema import Chunk, Language, Span, Unit, UnitKind, VersionInfo

LATIN = Sizes(least=350, most=800, whole=1500)
CHINESE = Sizes(least=160, most=400, whole=750)


def chunk_document(document: ParsedDocument, version: VersionInfo) -> tuple[Chunk, ...]:
    """The chunks of one version, in reading order; empty where the document has no text outside headings."""
    return tuple(_Cutter(document, version).chunks())


@dataclass(frozen=True)
class _Piece:
    """What becomes one chunk. ``repeated`` are units of the same table that lie outside ``span``."""

    span: Span
    block: Block
    units: tuple[Unit, ...]
    repeated: tuple[Unit, ...] = ()


class _Cutter:
    def __init__(self, document: ParsedDocument, version: VersionInfo) -> None:
        self._document = document
        self._version = version
        self._sizes = LATIN if version.language is Language.EN else CHINESE
        self._units = Units(document)
        self._run_ends = [run.span.end for run in document.runs]

    def chunks(self) -> Iterator[Chunk]:
        for section in sections(self._document):
            for blocks in pieces(section, self._document.text, self._sizes):
                if blocks[0].table is not None:
                    yield from map(self._chunk, self._table(blocks[0], blocks[0].table))
                else:
                    yield from map(self._chunk, self._prose(blocks))

    def _prose(self, blocks: tuple[Block, ...]) -> Iterator[_Piece]:
        """One piece, or several of whole units where a single block is longer than a chunk may be."""
        whole = Span(blocks[0].span.start, blocks[-1].span.end)
        units = self._units.of(blocks)
        if whole.end - whole.start <= self._sizes.whole or len(units) < 2:
            yield _Piece(whole, blocks[0], units)
            return
        start = whole.start
        for after in (*units[1:], None):
            end = whole.end if after is None else after.span.start
            if after is None or after.span.end - start > self._sizes.most:
                yield self._cut(Span(start, end), blocks, units)
                start = end

    def _cut(self, span: Span, blocks: tuple[Block, ...], units: tuple[Unit, ...]) -> _Piece:
        text = span.slice(self._document.text)
        trimmed = Span(span.start, span.start + len(text.rstrip()))
        block = next(block for block in reversed(blocks) if block.span.start <= span.start)
        return _Piece(trimmed, block, tuple(unit for unit in units if unit.span.within(trimmed)))

    def _table(self, block: Block, table: Table) -> Iterator[_Piece]:
        units = tuple(unit for unit in table_units(table) if self._units.proved(unit))
        if block.span.end - block.span.start <= self._sizes.whole or not table.rows:
            yield _Piece(block.span, block, units)
            return
        shared = tuple(unit for unit in units if unit.kind is not UnitKind.ROW)
        for rows in self._row_groups(table.rows):
            span = Span(rows[0].start, rows[-1].end)
            own = tuple(unit for unit in units if unit.kind is UnitKind.ROW and unit.span.within(span))
            yield _Piece(span, block, tuple(sorted((*shared, *own), key=lambda unit: unit.span)), shared)

    def _row_groups(self, rows: tuple[Span, ...]) -> Iterator[list[Span]]:
        group: list[Span] = []
        for row in rows:
            if group and row.end - group[0].start > self._sizes.most:
                yield group
                group = []
            group.append(row)
        yield group

    def _chunk(self, piece: _Piece) -> Chunk:
        document, version = self._document, self._version
        text = piece.span.slice(document.text)
        context = {unit.span: unit.span.slice(document.text) for unit in piece.repeated}
        address = f"{document.sha256}:{piece.span.start}:{piece.span.end}"
        return Chunk(
            id=hashlib.sha256(address.encode()).hexdigest()[:20],
            key=version.key,
            parse_sha256=document.sha256,
            language=version.language,
            span=piece.span,
            text=text,
            indexed_text=self._indexed(piece, context, text),
            page=self._page(piece.span, piece.block),
            heading_path=piece.block.heading_path,
            anchor=piece.block.anchor,
            units=tuple(replace(unit, page=self._page(unit.span, piece.block)) for unit in piece.units),
            context=MappingProxyType(context),
        )

    def _indexed(self, piece: _Piece, context: Mapping[Span, str], text: str) -> str:
        named = [unit.span for unit in piece.repeated if unit.kind in {UnitKind.CAPTION, UnitKind.HEADER}]
        about = [self._version.title, self._version.product or "", *piece.block.heading_path]
        lines = [*about, *(context[span] for span in named), text]
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def _page(self, span: Span, block: Block) -> int | None:
        """The page of the first word, which in a table or clause over two pages may not be its block's."""
        after = bisect_right(self._run_ends, span.start)
        return self._document.runs[after].page if after < len(self._run_ends) else block.page
