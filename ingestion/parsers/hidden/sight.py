"""Looks whether text can be seen: draws the page with it and without it, and compares.

So whatever hides it (colour, transparency, a clip, a layer, a thing on top), it is found by what it does not change.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingestion.parsers.drawn.bulk import Handle, object_at
from ingestion.parsers.elements import Box

SCALE = 2.0  # pixels per point
MOST_PIXELS = 3000  # along a page's longer side
SEEN = 32  # of 255, in the channel that changes most: #e0e0e0 on white is not seen
INK = 48

Pixels = NDArray[np.uint8]


class Sight:
    """A part of one page with and without some of its texts. Boxes are in points from the page's top left.

    ``part`` is all that will be asked about; drawing no more of the page costs less.
    """

    def __init__(self, page: pdfium.PdfPage, texts: Iterable[Handle], part: Box) -> None:
        handles = [object_at(text) for text in texts]
        self._scale = min(SCALE, MOST_PIXELS / max(page.get_size()))
        self._width, self._height = (math.ceil(side * self._scale) for side in page.get_size())
        self._shown = self._pixels_around(part)
        whole = self._drawn(page)
        for handle in handles:
            raw.FPDFPageObj_SetIsActive(handle, False)
        self._without = self._drawn(page)
        for handle in handles:
            raw.FPDFPageObj_SetIsActive(handle, True)
        change = np.maximum(whole, self._without) - np.minimum(whole, self._without)
        self._change: Pixels = np.maximum(np.maximum(change[..., 0], change[..., 1]), change[..., 2])

    def seen(self, box: Box) -> bool:
        """Whether the texts change anything in ``box``."""
        part = self._change[self._window(box)]
        return part.size > 0 and bool(part.max() >= SEEN)

    def over_ink(self, box: Box) -> bool:
        """Whether the page without the texts shows light and dark in ``box``: words of a scan, say."""
        part = self._without[self._window(box)]
        return part.size > 0 and bool((part.max(axis=(0, 1)) - part.min(axis=(0, 1))).max() >= INK)

    def _drawn(self, page: pdfium.PdfPage) -> Pixels:
        left, top, right, bottom = self._shown
        edges = (left, self._height - bottom, self._width - right, top)
        crop = tuple(max(0.0, (edge - 0.5) / self._scale) for edge in edges)  # pdfium rounds up to whole pixels
        pixels: Pixels = page.render(scale=self._scale, crop=crop, may_draw_forms=False).to_numpy()
        return np.array(pixels[:, :, :3])

    def _pixels_around(self, box: Box) -> tuple[int, int, int, int]:
        """The whole pixels that ``box`` touches, as far as they are on the page, at least one of them."""
        left, top, right, bottom = (max(0, int(edge * self._scale)) for edge in box)
        left, top = min(left, self._width - 1), min(top, self._height - 1)
        return left, top, max(left, min(right, self._width - 1)) + 1, max(top, min(bottom, self._height - 1)) + 1

    def _window(self, box: Box) -> tuple[slice, slice]:
        left, top, right, bottom = (max(0, int(edge * self._scale)) for edge in box)
        x, y = self._shown[:2]
        return slice(max(0, top - y), max(0, bottom + 1 - y)), slice(max(0, left - x), max(0, right + 1 - x))
