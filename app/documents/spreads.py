"""A read text beside the pages it was read from: which blocks stand on which page, and where on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.reader import Box, ReadableBlock, highlights, readable_blocks
from knowledge_bases.parsed import Block, Page, ParsedDocument
from knowledge_bases.schema import Chunk, Span


@dataclass(frozen=True)
class PlacedBlock:
    """A block in reading order and where it is drawn; ``box`` None in formats that are not drawn."""

    number: int
    block: ReadableBlock
    box: Box | None


@dataclass(frozen=True)
class Spread:
    """A physical page and what was read from it; ``page`` None in formats without pages: then there is one spread.

    ``quoted`` are the places of the quoted words on the page.
    """

    page: Page | None
    blocks: tuple[PlacedBlock, ...]
    quoted: tuple[Box, ...] = ()


def spreads(parsed: ParsedDocument, spans: Sequence[Span]) -> tuple[Spread, ...]:
    """Every page in order, those without a word too: a page that could not be read is seen to be empty."""
    placed = [
        (block.page, PlacedBlock(number, readable, _box(parsed, block)))
        for number, (block, readable) in enumerate(zip(parsed.blocks, readable_blocks(parsed, spans), strict=True))
    ]
    if not parsed.pages:
        return (Spread(None, tuple(each for _, each in placed)),) if placed else ()
    return tuple(
        Spread(page, tuple(each for number, each in placed if number == page.number), highlights(parsed, spans, page))
        for page in parsed.pages
    )


def chunks_by_page(chunks: Sequence[Chunk]) -> list[tuple[int | None, list[Chunk]]]:
    """What a version is searched by, by the page each begins on."""
    groups: list[tuple[int | None, list[Chunk]]] = []
    for chunk in chunks:
        if not groups or groups[-1][0] != chunk.page:
            groups.append((chunk.page, []))
        groups[-1][1].append(chunk)
    return groups


def _box(parsed: ParsedDocument, block: Block) -> Box | None:
    """Around everything of the block that is drawn on the page where it begins."""
    boxes = [run.box for run in parsed.boxes(block.span) if run.page == block.page]
    if not boxes:
        return None
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    return Box(left, top, right - left, bottom - top)
