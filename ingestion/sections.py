"""Groups the blocks of a document into what belongs together: sections, then clauses and question-answer pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingestion.parsers.labels import depth
from ingestion.parsers.toc import TITLE, is_contents_line
from ingestion.units import OPENS_LIST, is_question
from knowledge_bases.parsed import Block, BlockKind, ParsedDocument


@dataclass(frozen=True)
class Sizes:
    """Lengths in characters.

    A chunk below ``least`` takes in its neighbour, up to ``most``; what belongs together stays so up to ``whole``.
    """

    least: int
    most: int
    whole: int


def sections(document: ParsedDocument) -> Iterator[list[Block]]:
    """The blocks between two headings; a heading that asks a question stays with its answer.

    What stands under "Contents" is left out, and so are lines that lead by dots to a page.
    """
    section: list[Block] = []
    in_contents = False
    for block in document.blocks:
        text = block.span.slice(document.text)
        if block.kind is BlockKind.HEADING:
            yield from _answered(section, document.text)
            section = [block] if is_question(text) else []
        in_contents = TITLE.fullmatch(text) is not None or (in_contents and block.kind is not BlockKind.HEADING)
        if block.kind is not BlockKind.HEADING and not in_contents and not is_contents_line(text):
            section.append(block)
    yield from _answered(section, document.text)


def _answered(section: list[Block], text: str) -> Iterator[list[Block]]:
    """The section, unless there is nothing in it; a question that a table answers lives on in its heading path."""
    if section and _asks(section[0], text) and (len(section) == 1 or section[1].table is not None):
        section = section[1:] if section[0].kind is BlockKind.HEADING else section
    if section:
        yield section


def pieces(section: Sequence[Block], text: str, sizes: Sizes) -> Iterator[tuple[Block, ...]]:
    """Neighbouring blocks of one chunk each; a table is always a piece of its own."""
    gathered: list[Block] = []
    for group in _groups(section, text):
        alone = group[0].table is not None or _asks(group[0], text)
        if gathered and (alone or _full(gathered, group, text, sizes)):
            yield tuple(gathered)
            gathered = []
        gathered += group
        if group[0].table is not None:
            yield tuple(gathered)
            gathered = []
    if gathered:
        yield tuple(gathered)


def _full(gathered: Sequence[Block], group: Sequence[Block], text: str, sizes: Sizes) -> bool:
    start = gathered[0].span.start
    if _asks(gathered[0], text):
        return group[-1].span.end - start > sizes.whole
    return gathered[-1].span.end - start >= sizes.least or group[-1].span.end - start > sizes.most


def _groups(section: Sequence[Block], text: str) -> Iterator[list[Block]]:
    """A clause with its sub-clauses, a list with the line that opens it, a table, or one paragraph."""
    group: list[Block] = []
    for block in section:
        if group and not _belongs(group, block, text):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _belongs(group: Sequence[Block], block: Block, text: str) -> bool:
    if block.table is not None or group[-1].table is not None or block.kind is not BlockKind.LIST_ITEM:
        return False
    opening = group[0].span.slice(text)
    if OPENS_LIST.search(opening) or OPENS_LIST.search(group[-1].span.slice(text)):
        return depth(block.span.slice(text)) < 2
    return depth(opening) >= 2 and depth(block.span.slice(text)) == 0


def _asks(block: Block, text: str) -> bool:
    return is_question(block.span.slice(text))
