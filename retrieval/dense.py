"""Exact nearest neighbours in process: FAISS over unit vectors, by inner product."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.errors import DimensionMismatch
from retrieval.ports import Mask, Vectors


class FaissIndex:
    """``VectorIndex`` over the rows of ``vectors``, shape (n, dimensions), L2-normalised."""

    def __init__(self, vectors: Vectors) -> None:
        self._dimensions = int(vectors.shape[1])
        self._index = faiss.IndexFlatIP(self._dimensions)
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """See ``VectorIndex.search``; masked rows are skipped inside FAISS, so that ``k`` is filled."""
        if vector.shape != (self._dimensions,):
            raise DimensionMismatch(got=vector.shape[-1], wanted=self._dimensions)
        if k < 1 or len(self) == 0 or (allowed is not None and not allowed.any()):
            return []
        query = np.ascontiguousarray(vector[None], dtype=np.float32)
        # One more than asked shows whether a tie straddles the cut, where FAISS keeps an arbitrary row of the equals.
        similarities, rows = self._nearest(query, k + 1, allowed)
        if len(rows) > k and similarities[k] == similarities[k - 1]:
            similarities, rows = self._at_least(query, similarities[k], allowed)
        order = np.lexsort((rows, -similarities))[:k]
        return [(int(rows[i]), float(similarities[i])) for i in order]

    def _nearest(self, query: Vectors, k: int, allowed: Mask | None) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        similarities, rows = self._index.search(query, min(k, len(self)), params=_only(allowed))
        found = rows[0] >= 0
        return similarities[0][found], rows[0][found]

    def _at_least(
        self, query: Vectors, floor: np.float32, allowed: Mask | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        _, similarities, rows = self._index.range_search(
            query, float(np.nextafter(floor, -np.inf)), params=_only(allowed)
        )
        return similarities, rows


def _only(allowed: Mask | None) -> faiss.SearchParameters | None:
    """FAISS's stubs describe its C++ signatures, not the Python ones that take arrays."""
    if allowed is None:
        return None
    bitmap = np.packbits(allowed, bitorder="little")
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))  # type: ignore[call-arg, arg-type]
