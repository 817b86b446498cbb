"""Small parsed documents for tests, as lines: "# heading", "## below it", "- item", "a | b" (first the header)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from knowledge_bases.parsed import Block, BlockKind, ParsedDocument, Table
from knowledge_bases.schema import Span


def parsed_of(*lines: str) -> ParsedDocument:
    """The document of these lines, one block each; neighbouring lines with cells make one table."""
    text = "\n".join(lines)
    spans, at = [], 0
    for line in lines:
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    blocks: list[Block] = []
    path: tuple[str, ...] = ()
    for is_row, group in groupby(zip(lines, spans, strict=True), key=lambda pair: " | " in pair[0]):
        members = list(group)
        if is_row:
            blocks.append(_table([span for _, span in members], path))
            continue
        for line, span in members:
            kind = {"#": BlockKind.HEADING, "-": BlockKind.LIST_ITEM}.get(line[0], BlockKind.PARAGRAPH)
            level = len(line) - len(line.lstrip("#"))
            path = path[: level - 1] if level else path
            blocks.append(Block(kind, span, None, path, level=level))
            path = (*path, line) if level else path
    return ParsedDocument(text, tuple(blocks), "test-1")


def _table(spans: Sequence[Span], path: tuple[str, ...]) -> Block:
    table = Table(caption=None, headers=tuple(spans[:1]), rows=tuple(spans[1:]), footnotes=())
    return Block(BlockKind.TABLE, Span(spans[0].start, spans[-1].end), None, path, table=table)
