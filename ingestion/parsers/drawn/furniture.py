"""Takes running titles, running feet and page numbers off the pages: they are no part of the text.

What differs from page to page in a figure is text, unless that figure counts the pages; and of a sentence that is
repeated the first stays: words that stand at the top of each page may be what the page is about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.parsers.drawn.left_out import Offcuts
from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment
from ingestion.parsers.drawn.sheet import Sheet
from ingestion.parsers.elements import text_of
from ingestion.parsers.toc import is_contents_page
from knowledge_bases.parsed import Framing, LeftOut

ZONE = 0.12  # of the page's height, at the top and at the bottom
FRAME = 0.12  # the same for running titles set in a ruled frame
SHARE = 0.25  # of the pages, and at least two, carry what counts as repeated
DRIFT = 6.0
NUMBER = re.compile(r"[-–—]?\s*(\d{1,4}|[ivxlc]{1,6})\s*[-–—]?", re.IGNORECASE)
ROMAN = re.compile(r"\W*(?=[ivx])x{0,3}(ix|iv|v?i{0,3})\W*", re.IGNORECASE)  # up to 39: prefaces are no longer
PAGE_OF = re.compile(r"(page|p\.|第)\s*\d+\s*(頁|页)?\s*([,，]?\s*(of|/|共)\s*\d+\s*(頁|页)?)?", re.IGNORECASE)
AT_AN_END = (  # where a line carries its page's number: not part of a larger figure, an amount or a clause's number
    re.compile(r"^\W*(\d{1,4})(?![\d.,:%])"),
    re.compile(r"(?<![\d.,$])(\d{1,4})[^\w%]*[頁页]?$"),
)
DOTS = re.compile(r"\s*(?:[.…·_]\s?){4,}")  # that lead to a page number
LEAST_COUNTED = 3  # pages on which a figure goes with the page: on two it may well be chance
SENTENCE = re.compile(r".{24,}[.!?]|.{12,}[。！？]", re.DOTALL)

Key = tuple[str, bool, int]  # the text, whether a figure of it counts the pages, the place


@dataclass(frozen=True)
class Bare:
    """Pages without what only frames them, and what was taken off."""

    sheets: list[Sheet]
    left_out: tuple[LeftOut, ...]


def stripped(sheets: Sequence[Sheet]) -> Bare:
    """The same pages without what only frames them; of a table of contents nothing is left."""
    repeated, said, offcuts = _repeated(sheets), set[str](), Offcuts()
    bare: list[Sheet] = []
    contents = False
    for sheet in sheets:
        items: list[Item] = []
        for item in sheet.items:
            frame = _frame(sheet, item, repeated)
            if frame is None or _is_news(item, said):
                items.append(item)
            else:
                offcuts.add(*frame, page=sheet.page.number)
        lines = _lines(items)
        contents = is_contents_page([_text(line[-1]) for line in lines], follows=contents)
        if contents:
            _add_contents(offcuts, sheet.page.number, lines)
        bare.append(replace(sheet, items=() if contents else tuple(items)))
    return Bare(bare, offcuts.entries())


def _lines(items: Sequence[Item]) -> list[list[Item]]:
    """The items of each line from left to right: where contents are set with tabs, the page numbers stand alone."""
    lines: dict[int, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.box[0]):
        lines[round(item.base if isinstance(item, Segment) else item.box[1])].append(item)
    return [lines[base] for base in sorted(lines)]


def _add_contents(offcuts: Offcuts, page: int, lines: Sequence[Sequence[Item]]) -> None:
    for line in lines:
        words = " ".join(_text(item) for item in line if isinstance(item, Segment))
        rows = [" ".join(map(text_of, row)) for item in line if isinstance(item, DrawnGrid) for row in item.rows]
        for text in (words, *rows):
            offcuts.add(Framing.CONTENTS, DOTS.sub(" … ", text), text, page)


def _repeated(sheets: Sequence[Sheet]) -> set[Key]:
    if len(sheets) == 1:
        return set()
    pages: dict[Key, set[int]] = defaultdict(set)
    for sheet in sheets:
        for item in sheet.items:
            if _in_zone(sheet, item):
                for key in _keys(sheet, item):
                    pages[key].add(sheet.page.number)
    share = SHARE * len(sheets)
    return {key for key, numbers in pages.items() if len(numbers) >= max(LEAST_COUNTED if key[1] else 2, share)}


def _is_news(item: Item, said: set[str]) -> bool:
    """Whether the item is a sentence that no page before has; it is noted among what is ``said``."""
    text = _text(item)
    news = SENTENCE.fullmatch(text) is not None and text not in said
    said.add(text)
    return news


def _frame(sheet: Sheet, item: Item, repeated: set[Key]) -> tuple[Framing, str, str] | None:
    """As what the item frames its page, its text, and the shape it has in common with others; None: it is text."""
    if not _in_zone(sheet, item):
        return None
    text = _text(item)
    if NUMBER.fullmatch(text) or PAGE_OF.fullmatch(text):
        is_number = _is_page_number(text, sheet.page.number, repeated)
        return (Framing.PAGE_NUMBER, text, "#") if is_number else (Framing.ALONE, text, text)
    if not repeated:
        return None
    shape = next((key[0] for key in _keys(sheet, item) if key in repeated), None)
    return None if shape is None else (Framing.RUNNING_LINE, text, shape)


def _is_page_number(text: str, page: int, repeated: set[Key]) -> bool:
    """Whether what may be a number alone is surely its page's: any other may be a figure, and is to be seen."""
    if PAGE_OF.fullmatch(text) or ROMAN.fullmatch(text):
        return True
    counted = {shape for shape, counts, _ in repeated if counts}
    return any(counts and (shape in counted or "+0" in shape) for shape, counts in _shapes(text, page))


def _keys(sheet: Sheet, item: Item) -> list[Key]:
    """The text in each reading, and the place, rounded both ways so that a small drift does not part two."""
    place = int(item.box[1] // DRIFT)
    shapes = _shapes(_text(item), sheet.page.number)
    return [(shape, counts, near) for shape, counts in shapes for near in (place, place + 1)]


def _shapes(text: str, page: int) -> Iterator[tuple[str, bool]]:
    """The text as it is but for "page 3 of 9", and with a figure at either end as its distance from the page."""
    text = PAGE_OF.sub("#", text).replace(" ", "")
    yield text, False
    for end in AT_AN_END:
        if found := end.search(text):
            start, stop = found.span(1)
            yield f"{text[:start]}{int(found[1]) - page:+}{text[stop:]}", True


def _text(item: Item) -> str:
    if isinstance(item, Segment):
        return item.text.strip()
    return " ".join(text_of(cell) for row in item.rows for cell in row).strip()


def _in_zone(sheet: Sheet, item: Item) -> bool:
    height = sheet.page.height
    if isinstance(item, DrawnGrid):  # a frame may hang down with empty rows: what counts is where it begins
        return item.box[1] <= FRAME * height or item.box[3] >= (1 - FRAME) * height
    return item.box[3] <= ZONE * height or item.box[1] >= (1 - ZONE) * height
