"""What the approximate indexes find of the true neighbours, and how long they take, beside comparing every row."""

from __future__ import annotations

import time
from collections.abc import Iterator

import faiss
import numpy as np

from eval.bench_retrieval.figures import Curves, Point, Times
from eval.bench_retrieval.material import TIMED, K, Material
from retrieval.indexes.exact import ExactIndex
from retrieval.indexes.hnsw import EF_SEARCH, HnswIndex
from retrieval.indexes.ivf import PROBES, IvfIndex
from retrieval.ports import VectorIndex, Vectors

WIDTHS = (10, 20, 40, 80, EF_SEARCH, 320)
CELLS = (1, 2, 4, 8, 16, PROBES, 64)
EXACT, HNSW, IVF = "every row compared", "HNSW", "IVF"


def measured(material: Material) -> Curves:
    """Each index at each setting over the questions of ``material``, asked for ``K`` rows by one thread."""
    faiss.omp_set_num_threads(1)
    vectors, asked, true = np.array(material.vectors), material.question_vectors[:TIMED], material.nearest.tolist()
    built: dict[str, float] = {}
    points = []
    for name, setting, index, shipped in _settings(vectors, built):
        spent, shares = [], []
        index.search(asked[0], K)
        for question, neighbours in zip(asked, true, strict=False):
            began = time.perf_counter()
            hits = index.search(question, K)
            spent.append((time.perf_counter() - began) * 1000)
            shares.append(len({row for row, _ in hits} & set(neighbours)) / len(neighbours))
        points.append(Point(name, setting, float(np.mean(shares)), Times.of(spent), shipped))
    return Curves(len(vectors), tuple(points), built)


def _settings(vectors: Vectors, built: dict[str, float]) -> Iterator[tuple[str, str, VectorIndex, bool]]:
    """An index, what its setting is called, and whether it is the product's; ``built`` takes the seconds of each."""
    yield EXACT, "", ExactIndex(vectors), False
    began = time.perf_counter()
    graph = HnswIndex(vectors)
    built[HNSW] = time.perf_counter() - began
    for graph.width in WIDTHS:
        yield HNSW, f"width {graph.width}", graph, graph.width == EF_SEARCH
    began = time.perf_counter()
    cells = IvfIndex(vectors)
    built[IVF] = time.perf_counter() - began
    for cells.probes in CELLS:
        yield IVF, f"{cells.probes} cells", cells, cells.probes == PROBES
