"""Takes running titles, running feet and page numbers off the pages: they are no part of the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment
from ingestion.parsers.drawn.sheet import Sheet
from ingestion.parsers.elements import text_of
from ingestion.parsers.toc import is_contents_page

ZONE = 0.12  # of the page's height, at the top and at the bottom
FRAME = 0.12  # the same for running titles set in a ruled frame
SHARE = 0.25  # of the pages, and at least two, carry what counts as repeated
DRIFT = 6.0
NUMBER = re.compile(r"[-–—]?\s*(\d{1,4}|[ivxlc]{1,6})\s*[-–—]?", re.IGNORECASE)
PAGE_OF = re.compile(r"(page|p\.|第)\s*\d+\s*(頁|页)?\s*([,，]?\s*(of|/|共)\s*\d+\s*(頁|页)?)?", re.IGNORECASE)
DIGITS = re.compile(r"\d+")

Key = tuple[str, int]


def stripped(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The same pages without what only frames them; of a table of contents nothing is left."""
    repeated = _repeated(sheets)
    bare: list[Sheet] = []
    contents = False
    for sheet in sheets:
        items = tuple(item for item in sheet.items if not _frames(sheet, item, repeated))
        contents = is_contents_page([_text(row) for row in _rows(items)], follows=contents)
        bare.append(replace(sheet, items=() if contents else items))
    return bare


def _rows(items: Sequence[Item]) -> list[Item]:
    """The last item of each line: where a table of contents is set with tabs, the page numbers stand alone."""
    last: dict[int, Item] = {}
    for item in sorted(items, key=lambda item: item.box[0]):
        last[round(item.base if isinstance(item, Segment) else item.box[1])] = item
    return list(last.values())


def _repeated(sheets: Sequence[Sheet]) -> set[Key]:
    pages: dict[Key, set[int]] = defaultdict(set)
    for sheet in sheets:
        for item in sheet.items:
            if _in_zone(sheet, item):
                for key in _keys(item):
                    pages[key].add(sheet.page.number)
    least = max(2, SHARE * len(sheets))
    return {key for key, numbers in pages.items() if len(numbers) >= least}


def _frames(sheet: Sheet, item: Item, repeated: set[Key]) -> bool:
    if not _in_zone(sheet, item):
        return False
    text = _text(item)
    numbered = NUMBER.fullmatch(text) or PAGE_OF.fullmatch(text)
    return numbered is not None or any(key in repeated for key in _keys(item))


def _keys(item: Item) -> tuple[Key, Key]:
    """The text with its numbers blanked and the place, rounded both ways so that a small drift does not part two."""
    shape = DIGITS.sub("#", _text(item).replace(" ", ""))
    place = int(item.box[1] // DRIFT)
    return (shape, place), (shape, place + 1)


def _text(item: Item) -> str:
    if isinstance(item, Segment):
        return item.text.strip()
    return " ".join(text_of(cell) for row in item.rows for cell in row).strip()


def _in_zone(sheet: Sheet, item: Item) -> bool:
    height = sheet.page.height
    if isinstance(item, DrawnGrid):  # a frame may hang down with empty rows: what counts is where it begins
        return item.box[1] <= FRAME * height or item.box[3] >= (1 - FRAME) * height
    return item.box[3] <= ZONE * height or item.box[1] >= (1 - ZONE) * height
