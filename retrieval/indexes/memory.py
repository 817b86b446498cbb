"""An index in process: what is removed is masked, and only the engine differs from one to the next."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection

import faiss
import numpy as np

from retrieval.indexes.order import Found, check_rows, points_nowhere, settled
from retrieval.ports import Mask, Vectors


class MemoryIndex(ABC):
    """``VectorIndex`` in process. Searches may run side by side; whoever adds or removes must be alone."""

    def __init__(self, vectors: Vectors) -> None:
        """Index ``vectors``, shape (n, dimensions), L2-normalised; n of 0 is an empty index."""
        self._dimensions = int(vectors.shape[1])
        self._there: Mask = np.zeros(0, dtype=np.bool_)
        self._size = 0
        self.add(vectors)

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return self._dimensions

    def __len__(self) -> int:
        return self._size

    def add(self, vectors: Vectors) -> range:
        """See ``VectorIndex.add``."""
        check_rows(vectors, self._dimensions)
        first = len(self._there)
        if len(vectors):
            self._take(np.ascontiguousarray(vectors, dtype=np.float32))
            self._there = np.concatenate((self._there, np.ones(len(vectors), dtype=np.bool_)))
            self._size += len(vectors)
        return range(first, first + len(vectors))

    def remove(self, rows: Collection[int]) -> None:
        """See ``VectorIndex.remove``; the vectors themselves go when the index is built again."""
        known = [row for row in rows if 0 <= row < len(self._there)]
        there = self._there.copy()
        there[known] = False
        self._there, self._size = there, int(there.sum())

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """See ``VectorIndex.search``."""
        if points_nowhere(vector, self._dimensions):
            return []
        query = np.ascontiguousarray(vector[None], dtype=np.float32)
        only = self._findable(allowed)
        size = self._size if only is None else int(only.sum())
        return settled(lambda n: self._nearest(query, n, only), k, size)

    @abstractmethod
    def _take(self, vectors: Vectors) -> None:
        """Rows to follow those there are; never none."""

    @abstractmethod
    def _nearest(self, query: Vectors, n: int, only: Mask | None) -> Found:
        """The ``n`` rows nearest to ``query``, shape (1, dimensions), among those of ``only``; it allows ``n``."""

    def _findable(self, allowed: Mask | None) -> Mask | None:
        """The rows that may be found; None where all may."""
        if self._size == len(self._there):
            return allowed
        return self._there if allowed is None else self._there & allowed


def selector(only: Mask) -> faiss.IDSelector:
    """``only`` as FAISS takes it; its stubs describe C++ signatures, not the Python ones that take arrays."""
    return faiss.IDSelectorBitmap(np.packbits(only, bitorder="little"))  # type: ignore[call-arg, arg-type]


def asked_of(index: faiss.Index, query: Vectors, n: int, parameters: faiss.SearchParameters | None) -> Found:
    """The ``n`` rows nearest to ``query`` that FAISS finds; fewer where it finds fewer."""
    similarities, rows = index.search(query, n, params=parameters)
    found = rows[0] >= 0
    return Found(rows[0][found], similarities[0][found])
