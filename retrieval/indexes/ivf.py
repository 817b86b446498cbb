"""Approximate nearest neighbours in process by cells: FAISS's IVF looks into the cells nearest to the question."""

from __future__ import annotations

from math import isqrt

import faiss
import numpy as np

from retrieval.indexes.memory import MemoryIndex, asked_of, selector
from retrieval.indexes.order import Found
from retrieval.ports import Mask, Vectors

ROWS_A_CELL = 39  # FAISS asks for at least as many to place a cell
SAMPLE_A_CELL = 64
PROBES = 32  # cells looked into
SEED = 1


class IvfIndex(MemoryIndex):
    """Cells are placed by the first rows it is given; where those looked into hold too few, all are.

    ``probes`` is how many cells are looked into: more finds more, and takes longer.
    """

    def __init__(self, vectors: Vectors, probes: int = PROBES) -> None:
        self.probes = probes
        self._cells: faiss.IndexIVFFlat | None = None
        super().__init__(vectors)

    def _take(self, vectors: Vectors) -> None:
        if self._cells is None:
            self._cells = _placed(vectors)
        self._cells.add(vectors)

    def _nearest(self, query: Vectors, n: int, only: Mask | None) -> Found:
        assert self._cells is not None  # noqa: S101 -- nothing is looked for where nothing is
        chosen = None if only is None else selector(only)
        for probes in (self.probes, self._cells.nlist):
            looked_into = min(probes, self._cells.nlist)
            parameters = faiss.SearchParametersIVF(nprobe=looked_into, sel=chosen)  # type: ignore[call-arg]
            found = asked_of(self._cells, query, n, parameters)
            if len(found.rows) == n:
                break
        return found


def _placed(vectors: Vectors) -> faiss.IndexIVFFlat:
    """Cells without rows yet, placed by a sample of ``vectors`` that is the same each time."""
    rows, dimensions = vectors.shape
    cells = max(1, min(4 * isqrt(rows), rows // ROWS_A_CELL))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimensions), dimensions, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = SEED
    sample = np.random.default_rng(SEED).permutation(rows)[: SAMPLE_A_CELL * cells]
    index.train(np.ascontiguousarray(vectors[np.sort(sample)]))
    return index
