"""What every vector index does alike: it refuses strangers, and equals come by row, whichever the engine prefers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import DimensionMismatch
from retrieval.ports import Mask, Vectors

WIDER = 4  # how much more is asked for where equals straddle the cut


@dataclass(frozen=True)
class Found:
    """Rows an engine found and their similarities, best first; equals in any order."""

    rows: NDArray[np.int64]
    similarities: NDArray[np.float32]


NOTHING = Found(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def settled(nearest: Callable[[int], Found], k: int, size: int) -> list[tuple[int, float]]:
    """The ``k`` best of ``size`` rows, ties by row, from an engine whose ``nearest(n)`` keeps any of equal rows.

    One more than wanted shows whether equals straddle the cut; while they do, more is asked for.
    """
    if k < 1 or size < 1:
        return []
    asked = min(k + 1, size)
    found = nearest(asked)
    while asked < size and len(found.rows) == asked and found.similarities[k - 1] == found.similarities[-1]:
        asked = min(asked * WIDER, size)
        found = nearest(asked)
    order = np.lexsort((found.rows, -found.similarities))[:k]
    return [(int(found.rows[i]), float(found.similarities[i])) for i in order]


def check_rows(vectors: Vectors, dimensions: int) -> None:
    """Refuse rows of another length.

    Raises:
        DimensionMismatch: ``vectors`` is not of shape (n, dimensions).
    """
    if vectors.ndim != 2 or vectors.shape[1] != dimensions:
        raise DimensionMismatch(got=vectors.shape[-1], wanted=dimensions)


def points_nowhere(vector: Vectors, dimensions: int) -> bool:
    """Whether a question's vector has no direction, so that nothing is near it.

    Raises:
        DimensionMismatch: ``vector`` is not of shape (dimensions,).
    """
    if vector.shape != (dimensions,):
        raise DimensionMismatch(got=vector.shape[-1], wanted=dimensions)
    return not vector.any()


def ranges(allowed: Mask) -> tuple[tuple[int, int], ...]:
    """The stretches of rows that are True, each as first and one past the last.

    Versions are neighbours in a snapshot, so that a mask of many rows is few stretches.
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([0], allowed.astype(np.int8), [0]))))
    return tuple((int(start), int(end)) for start, end in edges.reshape(-1, 2))
