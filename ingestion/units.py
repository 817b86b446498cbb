"""The parts of a document that may be quoted: whole sentences, whole rows, and what explains a row."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from ingestion.parsers.document import CELL_GAP
from ingestion.parsers.toc import is_contents_line
from ingestion.sentences import sentences
from knowledge_bases.parsed import Block, BlockKind, ParsedDocument, Table
from knowledge_bases.schema import Span, Unit, UnitKind

QUESTION = re.compile(r"[?？][\"'”’」』)）]*\s*$")
LONGEST_QUESTION = 240
ENTRY = re.compile(r"[^.。:：?？!！]{2,48}[:：]\s*\S")
LONGEST_ENTRY = 320
WORDS = re.compile(r"\b(?!(?:and|or)\b)[^\W\d_]{2,}|[\u3400-\u9fff]")  # less than this says nothing
OPENS_LIST = re.compile(r"[:：–—-]\s*$")
OPENS_CLAUSE = re.compile(r"[:：;；–—-]\s*(?:and|or|及|或)?\s*$")  # a colon, or the first item run in
CLOSED = re.compile(r"[.!?。！？][\"'”’」』)）]*\s*$")
FRAGMENT_END = re.compile(r"[;；,，、]\s*(?:and|or|及|或|以及)?\s*$")
LONGEST_CLAUSE = 900


class Units:
    """Finds the units of one document; what is not proved to stand on its page is not quotable."""

    def __init__(self, document: ParsedDocument) -> None:
        self._text = document.text
        self._paged = bool(document.pages)
        self._runs = sorted(document.runs, key=lambda run: run.span)
        self._starts = [run.span.start for run in self._runs]

    def of(self, blocks: tuple[Block, ...]) -> tuple[Unit, ...]:
        """The units of neighbouring blocks, in reading order. A clause that opens a short list is one with it."""
        units: list[Unit] = []
        number = 0
        while number < len(blocks):
            length = self._list_length(blocks[number:])
            if length > 1:
                units += self._list(blocks[number : number + length])
            else:
                units += self._block(blocks[number])
            number += length
        return tuple(unit for unit in units if self._proved(unit.span))

    def proved(self, unit: Unit) -> bool:
        """Whether the unit's words were found in their place on the page."""
        return self._proved(unit.span)

    def _block(self, block: Block) -> Iterator[Unit]:
        text = block.span.slice(self._text)
        if block.table is not None:
            yield from table_units(block.table)
        elif is_question(text):
            yield Unit(UnitKind.QUESTION, block.span)
        elif block.kind is not BlockKind.HEADING and not is_contents_line(text):
            for start, end in clauses(text):
                yield Unit(UnitKind.SENTENCE, Span(block.span.start + start, block.span.start + end))

    def _list(self, blocks: tuple[Block, ...]) -> Iterator[Unit]:
        """The sentences before the one that opens the list, then that one with all its items."""
        *before, last = sentences(blocks[0].span.slice(self._text))
        first = blocks[0].span.start
        for start, end in before:
            yield Unit(UnitKind.SENTENCE, Span(first + start, first + end))
        yield Unit(UnitKind.SENTENCE, Span(first + last[0], blocks[-1].span.end))

    def _list_length(self, blocks: tuple[Block, ...]) -> int:
        """How many blocks make one clause: an opening that is not closed, and items that are no sentences."""
        texts = [block.span.slice(self._text) for block in blocks]
        if blocks[0].table or blocks[0].kind is BlockKind.HEADING or not OPENS_CLAUSE.search(texts[0]):
            return 1
        length = 1
        for block, text in zip(blocks[1:], texts[1:], strict=True):
            if block.kind is not BlockKind.LIST_ITEM or block.span.end - blocks[0].span.start > LONGEST_CLAUSE:
                break
            closed = CLOSED.search(text) is not None
            if closed and not FRAGMENT_END.search(texts[length - 1]):
                break
            length += 1
            if closed:
                return length
        complete = length > 1 and (length == len(blocks) or blocks[length].kind is not BlockKind.LIST_ITEM)
        return length if complete else 1

    def _proved(self, span: Span) -> bool:
        if not self._paged:
            return True
        number = max(0, bisect_left(self._starts, span.start) - 1)
        reached = span.start
        while number < len(self._runs) and self._runs[number].span.start < span.end:
            run = self._runs[number].span
            if run.end > reached:
                if not self._bare(reached, run.start):
                    return False
                reached = run.end
            number += 1
        return self._bare(reached, span.end)

    def _bare(self, start: int, end: int) -> bool:
        """Whether nothing stands there but what the parser put between words and cells."""
        return start >= end or not self._text[start:end].replace(CELL_GAP.strip(), "").strip()


def clauses(text: str) -> list[tuple[int, int]]:
    """The sentences of a paragraph; a short entry that opens with what it is about ("Gold card: ...") stays whole."""
    entry = len(text) <= LONGEST_ENTRY and ENTRY.match(text) is not None
    parts = [(0, len(text))] if entry else sentences(text)
    return [(start, end) for start, end in parts if WORDS.search(text, start, end)]


def table_units(table: Table) -> list[Unit]:
    """The units of a table in reading order."""
    named = [(UnitKind.CAPTION, [table.caption] if table.caption else [])]
    named += [(UnitKind.HEADER, list(table.headers)), (UnitKind.ROW, list(table.rows))]
    named += [(UnitKind.FOOTNOTE, list(table.footnotes))]
    return [Unit(kind, span) for kind, spans in named for span in spans]


def is_question(text: str) -> bool:
    """Whether the text is the question line of an FAQ: one short question and nothing else."""
    return len(text) <= LONGEST_QUESTION and QUESTION.search(text) is not None and len(sentences(text)) <= 2
