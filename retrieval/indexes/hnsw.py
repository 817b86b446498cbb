"""Approximate nearest neighbours in process by a graph: FAISS's HNSW.

Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using hierarchical navigable small world
graphs (2018), whose names the constants have.
"""

from __future__ import annotations

import faiss

from retrieval.indexes.memory import MemoryIndex, asked_of, selector
from retrieval.indexes.order import Found
from retrieval.ports import Mask, Vectors

M = 32
EF_CONSTRUCTION = 80
EF_SEARCH = 160
NARROW = 0.1  # where fewer rows are allowed, a walk along the graph meets mostly rows that are not: all are compared


class HnswIndex(MemoryIndex):
    """Grows row by row; where the walk finds too few of the allowed rows, all of these are compared.

    ``width`` is how many rows a walk keeps in view: more finds more, and takes longer.
    """

    def __init__(self, vectors: Vectors, width: int = EF_SEARCH) -> None:
        self.width = width
        self._graph = faiss.IndexHNSWFlat(int(vectors.shape[1]), M, faiss.METRIC_INNER_PRODUCT)
        self._graph.hnsw.efConstruction = EF_CONSTRUCTION
        super().__init__(vectors)

    def _take(self, vectors: Vectors) -> None:
        self._graph.add(vectors)

    def _nearest(self, query: Vectors, n: int, only: Mask | None) -> Found:
        chosen = None if only is None else selector(only)
        if only is None or only.mean() >= NARROW:
            walk = faiss.SearchParametersHNSW(efSearch=max(self.width, n), sel=chosen)  # type: ignore[attr-defined]
            found = asked_of(self._graph, query, n, walk)
            if len(found.rows) == n:
                return found
        plain = faiss.SearchParameters(sel=chosen)  # type: ignore[call-arg]
        return asked_of(faiss.downcast_index(self._graph.storage), query, n, plain)
