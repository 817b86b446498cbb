"""Gives a table the caption above it and the footnotes below it, whatever the format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingestion.parsers.elements import Element, Grid, Paragraph, text_of

CAPTION = re.compile(r"\s*(table|schedule|figure|表格?|附表|圖表)\s*[\dA-Z一二三四五六七八九十(（]*", re.IGNORECASE)
FOOTNOTE = re.compile(
    r"\s*([*†‡§#^＊＃※]|\(\d{1,2}\)|\d{1,2}\)|[¹²³⁴⁵⁶⁷⁸⁹]|註|注[:：]|备注|備註|notes?\b\s*[:.\d])", re.IGNORECASE
)
CAPTION_LENGTH = 160


def attach(elements: Sequence[Element]) -> list[Element]:
    """The same elements, with caption and footnote paragraphs moved into the tables they belong to."""
    attached: list[Element] = []
    for element in elements:
        match attached[-1:], element:
            case [Paragraph() as above], Grid(caption=()) if is_caption(above):
                attached[-1] = replace(element, caption=above.words)
            case [Grid() as grid], Paragraph() if is_footnote(element):
                attached[-1] = replace(grid, footnotes=(*grid.footnotes, element.words))
            case _:
                attached.append(element)
    return attached


def is_caption(paragraph: Paragraph) -> bool:
    """Whether the paragraph names the table that follows it."""
    text = text_of(paragraph.words)
    return paragraph.caption or (len(text) <= CAPTION_LENGTH and CAPTION.match(text) is not None)


def is_footnote(paragraph: Paragraph) -> bool:
    """Whether it is a note to the table before it: it begins with a footnote mark or says Note / 註."""
    return FOOTNOTE.match(text_of(paragraph.words)) is not None
