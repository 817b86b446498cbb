"""Exact nearest neighbours in process: FAISS compares the question with every row."""

from __future__ import annotations

import faiss
import numpy as np

from retrieval.indexes.memory import MemoryIndex, selector
from retrieval.indexes.order import Found
from retrieval.ports import Mask, Vectors


class ExactIndex(MemoryIndex):
    """Looks at the array it is given, without a copy of its own: who changes it changes what is found."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = np.zeros((0, vectors.shape[1]), dtype=np.float32)
        super().__init__(vectors)

    def _take(self, vectors: Vectors) -> None:
        self._vectors = vectors if not len(self._vectors) else np.concatenate((self._vectors, vectors))

    def _nearest(self, query: Vectors, n: int, only: Mask | None) -> Found:
        return compared(query, self._vectors, n, only)


def compared(query: Vectors, vectors: Vectors, n: int, only: Mask | None) -> Found:
    """The ``n`` of ``vectors`` nearest to ``query``, shape (1, dimensions), by comparing all that ``only`` allows.

    ``vectors`` is a contiguous float32 array.
    """
    similarities, rows = np.empty((1, n), dtype=np.float32), np.empty((1, n), dtype=np.int64)
    pointers = (faiss.swig_ptr(query), faiss.swig_ptr(vectors))
    results = (faiss.swig_ptr(similarities), faiss.swig_ptr(rows))
    chosen = () if only is None else (selector(only),)
    faiss.knn_inner_product(*pointers, vectors.shape[1], 1, len(vectors), n, *results, *chosen)
    found = rows[0] >= 0
    return Found(rows[0][found], similarities[0][found])
