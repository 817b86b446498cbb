"""Nearest neighbours on an NVIDIA GPU by ``faiss-gpu`` (extra ``gpu``): exact, or by CAGRA's graph.

Ootomo and others, CAGRA: Highly Parallel Graph Construction and Approximate Nearest Neighbor Search for GPUs (2023).
The vectors stay in the main memory as well: what the GPU cannot settle is compared there.
"""

from __future__ import annotations

from abc import abstractmethod
from threading import Lock

import faiss
import numpy as np

from retrieval.indexes.exact import compared
from retrieval.indexes.memory import MemoryIndex, asked_of
from retrieval.indexes.order import NOTHING, Found
from retrieval.ports import Mask, Vectors

MOST_FLAT = 2048  # neighbours that FAISS gives at most from a GPU
MOST_CAGRA = 512
WALK = 256  # rows CAGRA keeps in view at least; a multiple of 32. Of a million rows 128 find 99.1 %, these 99.8
WORTH_A_GRAPH = 1_000  # fewer rows are compared sooner than a graph is built


def gpus() -> int:
    """How many GPUs FAISS can use; 0 where it was built without."""
    return int(faiss.get_num_gpus())


def builds_cagra() -> bool:
    """Whether this FAISS has CAGRA, and a GPU for it."""
    return gpus() > 0 and hasattr(faiss, "GpuIndexCagra") and "CUVS" in faiss.get_compile_options()


class GpuIndex(MemoryIndex):
    """One GPU, one search at a time. FAISS has no masks there: masked rows are left out of a longer answer."""

    most: int

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = np.zeros((0, vectors.shape[1]), dtype=np.float32)
        self._lock = Lock()
        super().__init__(vectors)

    @abstractmethod
    def _ask(self, query: Vectors, n: int) -> Found:
        """The ``n`` rows nearest to ``query`` among all, ``n`` at most ``most``."""

    def _nearest(self, query: Vectors, n: int, only: Mask | None) -> Found:
        masked = 0 if only is None else int(len(only) - only.sum())
        asked = min(n + masked, self.most)
        found = NOTHING
        if n <= asked:
            with self._lock:
                found = self._ask(query, asked)
        kept = slice(None) if only is None else only[found.rows]
        rows, similarities = found.rows[kept][:n], found.similarities[kept][:n]
        return Found(rows, similarities) if len(rows) == n else compared(query, self._vectors, n, only)


class GpuExactIndex(GpuIndex):
    """``ExactIndex`` on a GPU."""

    most = MOST_FLAT

    def __init__(self, vectors: Vectors) -> None:
        self._flat: faiss.Index | None = None
        super().__init__(vectors)

    def _take(self, vectors: Vectors) -> None:
        if self._flat is None:
            self._resources = faiss.StandardGpuResources()
            self._flat = faiss.GpuIndexFlatIP(self._resources, int(vectors.shape[1]))
        self._flat.add(vectors)
        self._vectors = np.concatenate((self._vectors, vectors))

    def _ask(self, query: Vectors, n: int) -> Found:
        assert self._flat is not None  # noqa: S101 -- nothing is looked for where nothing is
        return asked_of(self._flat, query, n, None)


class CagraIndex(GpuIndex):
    """A graph built on the GPU, in seconds where the processor takes minutes; what is added builds it again."""

    most = MOST_CAGRA

    def __init__(self, vectors: Vectors) -> None:
        self._graph: faiss.Index | None = None
        super().__init__(vectors)

    def _take(self, vectors: Vectors) -> None:
        self._vectors = np.concatenate((self._vectors, vectors))
        if len(self._vectors) >= WORTH_A_GRAPH:
            self._resources = faiss.StandardGpuResources()
            shape = (int(vectors.shape[1]), faiss.METRIC_INNER_PRODUCT)
            self._graph = faiss.GpuIndexCagra(self._resources, *shape, _built())  # type: ignore[attr-defined]
            self._graph.train(self._vectors)

    def _ask(self, query: Vectors, n: int) -> Found:
        if self._graph is None:
            return NOTHING
        in_view = max(WALK, -(-n // 32) * 32)
        parameters = faiss.SearchParametersCagra(itopk_size=in_view)  # type: ignore[attr-defined]
        return asked_of(self._graph, query, n, parameters)


def _built() -> faiss.GpuIndexCagraConfig:  # type: ignore[name-defined]
    """By descent, not by cells of shortened vectors as is usual: of a million rows that graph finds 69 %, this 99."""
    config = faiss.GpuIndexCagraConfig()  # type: ignore[attr-defined]
    config.build_algo = faiss.graph_build_algo_NN_DESCENT  # type: ignore[attr-defined]
    return config
