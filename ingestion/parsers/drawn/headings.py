"""Which passages are headings, and how deep: by size and weight of type, then by their number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.parsers.drawn.paragraphs import Body, Passage
from ingestion.parsers.elements import text_of
from ingestion.parsers.labels import depth
from ingestion.parsers.toc import is_contents_line

LONGEST = 120
MOST_LINES = 3
LARGER = 1.1
NOT_CLOSED = re.compile(r"[.;,:；，。：、]\s*$")
LETTER = re.compile(r"[^\W\d_]")
PART = re.compile(r"\s*(part|第[一二三四五六七八九十\d]+部)", re.IGNORECASE)
CHAPTER = re.compile(r"\s*(chapter|annex|appendix|schedule|第[一二三四五六七八九十\d]+章|附錄|附件)", re.IGNORECASE)
DATE = re.compile(
    r"\W*(?:\w+\s+)?(?:\d{1,2}\s+)?(?:[A-Z][a-z]{2,8})\s+(?:19|20)\d\d\W*$|.{0,6}\d{4}年\d{1,2}月(?:\d{1,2}日)?\W*$"
)
CAPTION = re.compile(r"\s*(table|figure|表|圖)\s*\d", re.IGNORECASE)

Style = tuple[float, int, int]


def is_heading(passage: Passage, body: Body) -> bool:
    """Whether the passage is set apart as a heading."""
    text = text_of(passage.words)
    if len(text) > LONGEST or len(passage.lines) > MOST_LINES or not LETTER.search(text):
        return False
    if NOT_CLOSED.search(text) or is_contents_line(text) or CAPTION.match(text) or DATE.match(text):
        return False
    return passage.size >= LARGER * body.size or (passage.bold and not body.bold and passage.size >= 0.95 * body.size)


def levels(headings: Sequence[Passage]) -> dict[Style, int]:
    """The level of each style of heading in one document, 1 the outermost."""
    ranked = sorted({style_of(heading) for heading in headings})
    return {style: rank for rank, style in enumerate(ranked, start=1)}


def style_of(heading: Passage) -> Style:
    """Sorts outermost first: by size, then parts before chapters before the rest, then by depth of number."""
    text = text_of(heading.words)
    kind = 0 if PART.match(text) else 1 if CHAPTER.match(text) else 2
    return -round(heading.size), kind, depth(text)
