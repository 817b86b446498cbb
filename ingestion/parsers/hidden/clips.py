"""Where text on a PDF page is clipped. Objects under one clip share its points in memory: each is measured once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Handle, same

SEGMENTS = 64
EVERYWHERE = (-math.inf, -math.inf, math.inf, math.inf)


def clips_of(handles: Sequence[Handle]) -> NDArray[np.float64]:
    """Left, bottom, right and top of what is left by the clips of each object; infinite where it has none."""
    clips = np.array(bulk.given(bulk.clip_path, handles), dtype=np.uint64)
    counts = np.maximum(bulk.given(bulk.clip_count, clips.tolist()), 0)
    left = np.tile(EVERYWHERE, (len(handles), 1))
    clipped = np.flatnonzero(counts)
    if len(clipped):
        boxes = _extents(np.repeat(clips, counts).tolist(), _numbered(counts))
        starts = _starts(counts[clipped])
        left[clipped, :2] = np.maximum.reduceat(boxes[:, :2], starts)
        left[clipped, 2:] = np.minimum.reduceat(boxes[:, 2:], starts)
    return left


def _extents(clips: Sequence[Handle], paths: Sequence[int]) -> NDArray[np.float64]:
    """The boxes of paths, each given by its clip and its number in it; many begin with the same point in memory."""
    firsts = np.array(bulk.given(bulk.clip_segment, clips, paths, same(0)), dtype=np.uint64)
    known, examples, places = np.unique(firsts, return_index=True, return_inverse=True)
    boxes = np.zeros((len(known), 4))
    somewhere = known > 0  # a path without points is nowhere
    if somewhere.any():
        each = examples[somewhere].tolist()
        boxes[somewhere] = _measured([clips[number] for number in each], [paths[number] for number in each])
    return boxes[places]


def _measured(clips: Sequence[Handle], paths: Sequence[int]) -> NDArray[np.float64]:
    """Left, bottom, right and top of paths that have points."""
    counts = np.minimum(bulk.given(bulk.clip_length, clips, paths), SEGMENTS)
    each = np.repeat(np.array(clips, dtype=np.uint64), counts).tolist(), np.repeat(paths, counts).tolist()
    segments = bulk.given(bulk.clip_segment, *each, _numbered(counts))
    points = np.zeros((len(segments), 2), dtype=np.float32)
    bulk.written(bulk.segment_point, (segments,), points)
    starts = _starts(counts)
    return np.hstack([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)])


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each begins of as many as ``counts`` says that stand one after the other."""
    starts: NDArray[np.int64] = np.cumsum(counts) - counts
    return starts


def _numbered(counts: NDArray[np.int64]) -> list[int]:
    """The numbers from nought of each."""
    numbers: list[int] = (np.arange(counts.sum()) - np.repeat(_starts(counts), counts)).tolist()
    return numbers
