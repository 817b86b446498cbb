"""A parsed document: the immutable text that citations point into, and where on the page each word stands.

Stored as canonical JSON and addressed by its hash. A new parser makes a new parse; old citations keep theirs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from knowledge_bases.schema import Span

FORMAT = 1


class BlockKind(StrEnum):
    """What a block of a page is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"


@dataclass(frozen=True)
class Table:
    """The parts of a table block; every span lies in the document's text. Rows read ``cell | cell | cell``.

    ``headers`` are the header rows (usually one), ``footnotes`` the notes under the table that its marks point to.
    """

    caption: Span | None
    headers: tuple[Span, ...]
    rows: tuple[Span, ...]
    footnotes: tuple[Span, ...]


@dataclass(frozen=True)
class Block:
    """A stretch of the text that belongs together. ``level`` is 1..6 for headings, else 0.

    ``heading_path`` holds the headings above the block, outermost first (a heading's own text is not in its path).
    ``page`` is 1-based, None for formats without pages. ``anchor`` names the nearest heading in such formats.
    """

    kind: BlockKind
    span: Span
    page: int | None
    heading_path: tuple[str, ...]
    anchor: str | None = None
    level: int = 0
    table: Table | None = None


@dataclass(frozen=True)
class Page:
    """One physical page: 1-based ``number``, size in points. ``problem`` says why its text could not be read.

    ``recognised``: its words were read from its picture (OCR), not from the file's own text.
    """

    number: int
    width: float
    height: float
    problem: str | None = None
    recognised: bool = False


@dataclass(frozen=True)
class Run:
    """Where a stretch of text is drawn: ``box`` is (left, top, right, bottom) in points from the page's top left."""

    span: Span
    page: int
    box: tuple[float, float, float, float]


class Hiding(StrEnum):
    """Why a reader of the page does not see words, or why they are not meant for a reader."""

    SAME_COLOUR = "same_colour"  # drawn in the colour of what lies behind them
    TINY = "tiny"
    OFF_PAGE = "off_page"
    NOT_SHOWN = "not_shown"  # an invisible mode, display: none, a hidden run, row, sheet or slide, a covered text
    TAG_CHARACTERS = "tag_characters"  # Unicode tags and other characters without a glyph that spell words
    INSTRUCTION = "instruction"  # visible or not: words that tell a model what to do


@dataclass(frozen=True)
class HiddenText:
    """Words that whoever approves the document must look at. ``text`` is at most 500 characters, decoded.

    What is hidden is never part of the document's text; a visible INSTRUCTION is. ``where`` says the place in formats
    without pages ("sheet Fees, B12").
    """

    hiding: Hiding
    text: str
    page: int | None = None
    where: str | None = None


class Framing(StrEnum):
    """What kind of words frame a page and are no part of its text."""

    ALONE = "alone"  # a number at an edge, or letters like one, that does not count the pages: it may be a figure
    RUNNING_LINE = "running_line"  # a running title or foot
    PAGE_NUMBER = "page_number"
    CONTENTS = "contents"  # a line of a table of contents


@dataclass(frozen=True)
class LeftOut:
    """Words that were taken off the ``pages`` (1-based, ascending). ``text`` is at most 500 characters.

    Lines that differ only in the number of their page are one entry with the first one's text; so are page numbers.
    """

    framing: Framing
    text: str
    pages: tuple[int, ...]


@dataclass(frozen=True)
class ParsedDocument:
    """The text of one file with its structure. ``blocks`` are in reading order and do not overlap.

    ``runs`` is empty for formats that are not drawn on pages. ``parser`` names the parser and its version.
    ``problems`` are what of the file was not read, where no page says it: a clause each, without a full stop.
    ``left_out`` is what of its pages is not in the text, at most 200 entries; the last one then counts the rest.
    """

    text: str
    blocks: tuple[Block, ...]
    parser: str
    pages: tuple[Page, ...] = ()
    runs: tuple[Run, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    problems: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """The parse's address: SHA-256 of its canonical JSON, lower-case hex."""
        return hashlib.sha256(self.to_json()).hexdigest()

    def boxes(self, span: Span) -> tuple[Run, ...]:
        """The runs that draw ``span``, in reading order; empty where the format has no pages."""
        return tuple(run for run in self.runs if run.span.overlaps(span))

    def to_json(self) -> bytes:
        """Canonical JSON, UTF-8: the same document is always the same bytes."""
        value: dict[str, Any] = {
            "format": FORMAT,
            "parser": self.parser,
            "text": self.text,
            "blocks": [_block_value(block) for block in self.blocks],
            "pages": [_page_value(page) for page in self.pages],
            "runs": [[r.span.start, r.span.end, r.page, *r.box] for r in self.runs],
        }
        if self.hidden:
            value["hidden"] = [[h.hiding.value, h.text, h.page, h.where] for h in self.hidden]
        if self.problems:
            value["problems"] = list(self.problems)
        if self.left_out:
            value["left_out"] = [[each.framing.value, each.text, list(each.pages)] for each in self.left_out]
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> ParsedDocument:
        """The document that ``to_json`` wrote.

        Raises:
            ValueError: the bytes are not a parse of this format.
        """
        value = json.loads(raw)
        if value.get("format") != FORMAT:
            raise ValueError(f"parse format {value.get('format')!r} is not {FORMAT}")
        return cls(
            text=value["text"],
            blocks=tuple(_block(b) for b in value["blocks"]),
            parser=value["parser"],
            pages=tuple(Page(n, w, h, problem, bool(more)) for n, w, h, problem, *more in value["pages"]),
            runs=tuple(Run(Span(s, e), page, (x0, y0, x1, y1)) for s, e, page, x0, y0, x1, y1 in value["runs"]),
            hidden=tuple(HiddenText(Hiding(kind), *rest) for kind, *rest in value.get("hidden", ())),
            problems=tuple(value.get("problems", ())),
            left_out=tuple(LeftOut(Framing(kind), text, tuple(on)) for kind, text, on in value.get("left_out", ())),
        )


def _page_value(page: Page) -> list[Any]:
    """What is rare is written only where it is, so that the parses of before keep their bytes."""
    return [page.number, page.width, page.height, page.problem, *([True] if page.recognised else [])]


def _pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _span(pair: list[int] | None) -> Span | None:
    return None if pair is None else Span(*pair)


def _block_value(block: Block) -> dict[str, Any]:
    value: dict[str, Any] = {
        "kind": block.kind.value,
        "span": _pair(block.span),
        "page": block.page,
        "path": list(block.heading_path),
        "anchor": block.anchor,
        "level": block.level,
    }
    if block.table is not None:
        value["table"] = {
            "caption": _pair(block.table.caption),
            "headers": [_pair(s) for s in block.table.headers],
            "rows": [_pair(s) for s in block.table.rows],
            "footnotes": [_pair(s) for s in block.table.footnotes],
        }
    return value


def _table(value: dict[str, Any]) -> Table:
    return Table(
        caption=_span(value["caption"]),
        headers=tuple(Span(*pair) for pair in value["headers"]),
        rows=tuple(Span(*pair) for pair in value["rows"]),
        footnotes=tuple(Span(*pair) for pair in value["footnotes"]),
    )


def _block(value: dict[str, Any]) -> Block:
    return Block(
        kind=BlockKind(value["kind"]),
        span=Span(*value["span"]),
        page=value["page"],
        heading_path=tuple(value["path"]),
        anchor=value["anchor"],
        level=value["level"],
        table=_table(value["table"]) if "table" in value else None,
    )
