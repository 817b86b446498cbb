"""Where text on a PDF page is clipped. Objects under one clip share its points in memory: each is measured once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Handle, same

SEGMENTS = 64
NOWHERE = (0.0, 0.0, 0.0, 0.0)
EVERYWHERE = (-math.inf, -math.inf, math.inf, math.inf)

Part = tuple[Handle, int]  # a clip and the number of one of its paths


class Clips:
    """The clips of one page."""

    def __init__(self) -> None:
        self._known: dict[Handle, tuple[float, ...]] = {0: NOWHERE}  # by a path's first point

    def of(self, handles: Sequence[Handle]) -> NDArray[np.float64]:
        """Left, bottom, right and top of what is left by the clips of each object; infinite where it has none."""
        clips = bulk.given(bulk.clip_path, handles)
        counts = np.maximum(bulk.given(bulk.clip_count, clips), 0)
        parts = [(clip, path) for clip, count in zip(clips, counts.tolist(), strict=True) for path in range(count)]
        left = np.tile(EVERYWHERE, (len(handles), 1))
        if parts:
            boxes = self._extents(parts)
            owners = np.repeat(np.arange(len(handles)), counts)
            np.maximum.at(left[:, :2], owners, boxes[:, :2])
            np.minimum.at(left[:, 2:], owners, boxes[:, 2:])
        return left

    def _extents(self, parts: Sequence[Part]) -> NDArray[np.float64]:
        firsts = bulk.given(bulk.clip_segment, *zip(*parts, strict=True), same(0))
        new = {first: part for first, part in zip(firsts, parts, strict=True) if first not in self._known}
        if new:
            self._known.update(zip(new, _measured(list(new.values())), strict=True))
        return np.array([self._known[first] for first in firsts])


def _measured(parts: Sequence[Part]) -> list[tuple[float, ...]]:
    """Left, bottom, right and top of paths that have points."""
    counts = [min(count, SEGMENTS) for count in bulk.given(bulk.clip_length, *zip(*parts, strict=True))]
    each = chain.from_iterable(map(repeat, parts, counts))
    clips, paths = zip(*each, strict=True)
    segments = bulk.given(bulk.clip_segment, clips, paths, chain.from_iterable(map(range, counts)))
    points = np.zeros((len(segments), 2), dtype=np.float32)
    bulk.written(bulk.segment_point, (segments,), points)
    starts = np.cumsum([0, *counts[:-1]])
    least, most = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    return list(map(tuple, np.hstack([least, most]).tolist()))
