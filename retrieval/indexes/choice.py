"""Which index at which size: docs/adr/0012 has the reasons, ``python -m eval.bench_indexes`` the numbers."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.indexes.exact import ExactIndex
from retrieval.indexes.gpu import CagraIndex, GpuExactIndex, builds_cagra, gpus
from retrieval.indexes.hnsw import HnswIndex
from retrieval.indexes.ivf import IvfIndex
from retrieval.ports import VectorIndex, Vectors

Make = Callable[[Vectors], VectorIndex]

EXACT_UP_TO = 50_000  # rows that one thread compares in 3 ms, of the 15 ms that a search may take
HNSW_UP_TO = 2_000_000  # a graph of more takes one thread over ten minutes to build, cells less than half of that
GPU_EXACT_UP_TO = 1_000_000  # compared in 4 ms by an H200; CAGRA finds 99.8 % of them in 0.4


def kind_for(rows: int) -> Make:
    """What indexes an institution of so many rows on this machine: a GPU compares many more rows in the same time."""
    if rows <= EXACT_UP_TO:
        return ExactIndex
    if gpus() and rows <= GPU_EXACT_UP_TO:
        return GpuExactIndex
    if builds_cagra():
        return CagraIndex
    return HnswIndex if rows <= HNSW_UP_TO else IvfIndex
