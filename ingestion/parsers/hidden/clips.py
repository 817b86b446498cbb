"""Where text on a PDF page is clipped. Objects under one clip share its points in memory: each is measured once."""

from __future__ import annotations

import ctypes
import math
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Handle, same

SEGMENTS = 64
NOWHERE = (0.0, 0.0, 0.0, 0.0)
EVERYWHERE = (-math.inf, -math.inf, math.inf, math.inf)


class Clips:
    """The clips of one page."""

    def __init__(self) -> None:
        self._known: dict[Handle, tuple[float, ...]] = {}
        self._points = (ctypes.c_float * (2 * SEGMENTS))()
        self._xs = range(ctypes.addressof(self._points), ctypes.addressof(self._points) + 8 * SEGMENTS, 8)
        self._ys = range(self._xs.start + 4, self._xs.stop + 4, 8)

    def of(self, handles: Sequence[Handle]) -> NDArray[np.float64]:
        """Left, bottom, right and top of what is left by the clips of each object; infinite where it has none."""
        paths = bulk.given(bulk.clip_path, handles)
        counts = bulk.given(bulk.clip_count, paths)
        clips = [
            self._left(path, count) if count > 0 else EVERYWHERE for path, count in zip(paths, counts, strict=True)
        ]
        return np.array(clips).reshape(-1, 4)

    def _left(self, path: Handle, count: int) -> tuple[float, ...]:
        parts = [self._part(path, index) for index in range(count)]
        lefts, bottoms, rights, tops = zip(*parts, strict=True)
        return max(lefts), max(bottoms), min(rights), min(tops)

    def _part(self, path: Handle, index: int) -> tuple[float, ...]:
        first = bulk.clip_segment(path, index, 0)
        if not first:
            return NOWHERE
        if first not in self._known:
            self._known[first] = self._extent(path, index)
        return self._known[first]

    def _extent(self, path: Handle, index: int) -> tuple[float, ...]:
        count = min(bulk.clip_length(path, index), SEGMENTS)
        segments = map(bulk.clip_segment, same(path), same(index), range(count))
        deque(map(bulk.segment_point, segments, self._xs, self._ys), maxlen=0)
        xs, ys = self._points[0 : 2 * count : 2], self._points[1 : 2 * count : 2]
        return min(xs), min(ys), max(xs), max(ys)
