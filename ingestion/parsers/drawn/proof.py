"""Checks each word against the page a second way: what stands in its box must be what the text says.

A fragment that fails loses its box. Without a box it can be found, but never quoted.

To look into a box pdfium goes through all glyphs of the page, so lines whose boxes share nothing are looked at
together: where the box around them holds their texts and no more, each holds its own, as its glyphs stand in it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import pypdfium2 as pdfium

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import address_of
from ingestion.parsers.drawn.glyphs import Glyphs
from ingestion.parsers.drawn.lettering import reading
from ingestion.parsers.drawn.segment import Segment, union
from ingestion.parsers.elements import Box, Words

INSET = 0.3
MOST_UNITS = 4096  # of UTF-16 that are read of one box
TOGETHER = 24  # lines
_Units = ctypes.c_char * (2 * MOST_UNITS)  # made once: ctypes makes a new type each time it is multiplied


class Proof:
    """The second look at one page."""

    def __init__(self, page: pdfium.PdfPage, glyphs: Glyphs) -> None:
        self._text = address_of(glyphs.text_page.raw)
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._upright = page.get_rotation() == 0
        self._glyphs = glyphs
        self._buffer = _Units()
        self._units = ctypes.addressof(self._buffer)

    def segments(self, segments: Sequence[Segment]) -> list[Segment]:
        """The segments of one page in their order: many checked at once, those of a failure one by one."""
        checked: list[Segment] = []
        for start in range(0, len(segments), TOGETHER):
            checked += self._checked(segments[start : start + TOGETHER])
        return checked

    def _checked(self, segments: Sequence[Segment]) -> list[Segment]:
        if len(segments) == 1:
            return [self._segment(segments[0])]
        if self._upright and _apart(segments) and self._hold(segments):
            return list(segments)
        middle = len(segments) // 2
        return self._checked(segments[:middle]) + self._checked(segments[middle:])

    def _segment(self, segment: Segment) -> Segment:
        """The segment, checked as a whole, and part by part where that fails."""
        if self._holds(segment.text, segment.box):
            return segment
        return replace(segment, words=self.words(segment.words))

    def _hold(self, segments: Sequence[Segment]) -> bool:
        """Whether the box around all holds the texts of all, in the order in which they are drawn."""
        drawn = sorted(segments, key=lambda segment: segment.glyphs)
        return _says(self._touching(union(s.box for s in segments)), "".join(s.text for s in drawn))

    def words(self, words: Words) -> Words:
        """The words, without the boxes that hold anything else on the page."""
        return tuple(
            fragment
            if fragment.box is None or self._holds(fragment.text, fragment.box)
            else replace(fragment, box=None)
            for fragment in words
        )

    def _holds(self, text: str, box: Box) -> bool:
        if self._upright and _says(self._touching(box), text):
            return True
        return _says(self._centred(box), text)

    def _touching(self, box: Box) -> str:
        """What pdfium finds in the box, drawn in a little so that neighbours that only touch stay out."""
        left, top, right, bottom = box
        inset = min(INSET, (right - left) / 4, (bottom - top) / 4)
        count = bulk.text_within(
            self._text,
            left + self._left + inset,
            self._top - top - inset,
            right + self._left - inset,
            self._top - bottom + inset,
            self._units,
            MOST_UNITS,
        )
        return ctypes.string_at(self._buffer, 2 * count).decode("utf-16-le", errors="replace").rstrip("\0")

    def _centred(self, box: Box) -> str:
        """The glyphs whose middle lies in the box: slower, exact where lines overlap."""
        left, top, right, bottom = box
        return "".join(
            letter
            for letter, x, y in self._middles
            if left - INSET <= x <= right + INSET and top - INSET <= y <= bottom + INSET
        )

    @cached_property
    def _middles(self) -> list[tuple[str, float, float]]:
        letters = self._glyphs.letters
        boxes = ((letters[i], self._glyphs.box(i)) for i in range(len(letters)))
        return [(letter, (b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for letter, b in boxes if b is not None]


def _apart(segments: Sequence[Segment]) -> bool:
    """Whether no two boxes share anything."""
    boxes = sorted((s.box for s in segments), key=lambda box: box[1])
    for number, (left, _, right, bottom) in enumerate(boxes):
        for after in boxes[number + 1 :]:
            if after[1] >= bottom:
                break
            if after[0] < right and left < after[2]:
                return False
    return True


def _says(drawn: str, text: str) -> bool:
    return drawn == text or "".join(drawn.split()) == "".join(text.split()) or _bare(drawn) == _bare(text)


def _bare(text: str) -> str:
    return "".join(reading(text).split())
