"""Looks whether text can be seen: draws the page with it and without it, and compares.

So whatever hides it (colour, transparency, a clip, a layer, a thing on top), it is found by what it does not change.
"""

from __future__ import annotations

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
    """One page with and without some of its texts. Boxes are in points from the page's top left."""

    def __init__(self, page: pdfium.PdfPage, texts: Iterable[Handle]) -> None:
        handles = [object_at(text) for text in texts]
        self._scale = min(SCALE, MOST_PIXELS / max(page.get_size()))
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
        pixels: Pixels = page.render(scale=self._scale, may_draw_forms=False).to_numpy()
        return np.array(pixels[:, :, :3])

    def _window(self, box: Box) -> tuple[slice, slice]:
        left, top, right, bottom = (max(0.0, edge * self._scale) for edge in box)
        return slice(int(top), int(bottom) + 1), slice(int(left), int(right) + 1)
