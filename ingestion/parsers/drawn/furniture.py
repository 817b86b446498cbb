"""Takes running titles, running feet and page numbers off the pages: they are no part of the text.

What differs from page to page in a figure is text, unless that figure counts the pages; and of a sentence that is
repeated the first stays: words that stand at the top of each page may be what the page is about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
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
AT_AN_END = (  # where a line carries its page's number: not part of a larger figure, an amount or a clause's number
    re.compile(r"^\W*(\d{1,4})(?![\d.,:%])"),
    re.compile(r"(?<![\d.,$])(\d{1,4})[^\w%]*[頁页]?$"),
)
LEAST_COUNTED = 3  # pages on which a figure goes with the page: on two it may well be chance
SENTENCE = re.compile(r".{24,}[.!?]|.{12,}[。！？]", re.DOTALL)

Key = tuple[str, bool, int]  # the text, whether a figure of it counts the pages, the place


def stripped(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The same pages without what only frames them; of a table of contents nothing is left."""
    repeated, said = _repeated(sheets), set[str]()
    bare: list[Sheet] = []
    contents = False
    for sheet in sheets:
        items = tuple(item for item in sheet.items if not _frames(sheet, item, repeated) or _is_news(item, said))
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


def _frames(sheet: Sheet, item: Item, repeated: set[Key]) -> bool:
    if not _in_zone(sheet, item):
        return False
    text = _text(item)
    numbered = NUMBER.fullmatch(text) or PAGE_OF.fullmatch(text)
    return numbered is not None or any(key in repeated for key in _keys(sheet, item))


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
