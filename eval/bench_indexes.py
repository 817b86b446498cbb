"""Which index at which size: ``python -m eval.bench_indexes SUITES [ROWS…]``. A benchmark, not a test.

SUITES is the folder that ``eval.suites`` wrote. The passages and questions of its English sets are embedded by the
packaged model; a million rows are made of them: each is a point between two real passages with noise added, seeded.
Questions are real. Recall@10 is the share of the ten true neighbours that an index finds; the exact index has all.
Memory is what the process grew by: the exact index needs no copy
of the vectors, the others have one of 1,536 bytes a row. Timings are of this machine, one search at a time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer

from eval.blends import SEED, blends
from eval.datasets import read_dataset
from eval.memory import settled_mib
from retrieval.indexes import gpu
from retrieval.indexes.exact import ExactIndex
from retrieval.indexes.hnsw import HnswIndex
from retrieval.indexes.ivf import IvfIndex
from retrieval.legs import CANDIDATES
from retrieval.models import finance_model
from retrieval.onnx_embedder import OnnxEmbedder
from retrieval.ports import Embedder, VectorIndex, Vectors

SETS = ("bankfaqs", "tatqa")
SIZES = (10_000, 100_000, 1_000_000)
QUESTIONS = 200
K = 10
Make = Callable[[Vectors], VectorIndex]


@dataclass(frozen=True)
class Real:
    """Unit vectors of real passages and of real questions."""

    passages: Vectors
    questions: Vectors


def kinds() -> Iterator[tuple[str, Make]]:
    """The indexes that can be built here, the exact one first."""
    yield from (("exact", ExactIndex), ("HNSW", HnswIndex), ("IVF", IvfIndex))
    if gpu.gpus():
        yield "exact on GPU", gpu.GpuExactIndex
    if gpu.builds_cagra():
        yield "CAGRA", gpu.CagraIndex


def embedded(suites: Path, embedder: Embedder) -> Real:
    """The passages of ``SETS``, and ``QUESTIONS`` of their questions drawn by ``SEED``."""
    sets = [read_dataset(suites / name) for name in SETS]
    questions = [question for each in sets for question in each.queries.values()]
    drawn = np.random.default_rng(SEED).permutation(len(questions))[:QUESTIONS]
    passages = [passage for each in sets for passage in each.corpus.values()]
    return Real(embedder.embed(passages), embedder.embed([questions[i] for i in drawn]))


def perturbed(real: Vectors, rows: int) -> Vectors:
    """``rows`` unit vectors between two of ``real`` each, with noise; the same each time."""
    return np.concatenate([np.zeros((0, real.shape[1]), dtype=np.float32), *(b.vectors for b in blends(real, rows))])


def main(suites: Path, sizes: tuple[int, ...]) -> None:
    """Print a row an index and size."""
    real = embedded(suites, OnnxEmbedder(finance_model()))
    typer.echo(f"{len(real.passages)} real passages, {len(real.questions)} real questions, seed {SEED}")
    for rows in sizes:
        printed(Real(perturbed(real.passages, rows), real.questions), list(kinds()))


def printed(over: Real, indexes: Sequence[tuple[str, Make]]) -> None:
    """Build and ask the indexes, the exact one first, over the same passages: a line each."""
    typer.echo(f"{'rows':>9}  {'index':<13}{'build s':>9}{'p50 ms':>9}{'p95 ms':>9}{'recall@10':>11}{'+bytes/row':>12}")
    truth: list[set[int]] = []
    for name, make in indexes:
        typer.echo(f"{len(over.passages):>9}  {name:<13}{_row(make, over.passages, over.questions, truth)}")


def _row(make: Make, vectors: Vectors, questions: Vectors, truth: list[set[int]]) -> str:
    """The figures of one index; the first one's answers become the ``truth`` of the others."""
    before, began = settled_mib(), time.perf_counter()
    index = make(vectors)
    built_s, grown = time.perf_counter() - began, (settled_mib() - before) * 2**20 / len(vectors)
    times_ms, found = _asked(index, questions)
    truth.extend(found if not truth else ())
    recall = np.mean([len(one & true) / K for one, true in zip(found, truth, strict=True)])
    p50, p95 = np.percentile(times_ms, [50, 95])
    return f"{built_s:>9.1f}{p50:>9.2f}{p95:>9.2f}{recall:>11.3f}{max(grown, 0.0):>12.0f}"


def _asked(index: VectorIndex, questions: Vectors) -> tuple[list[float], list[set[int]]]:
    """What each search took in milliseconds, asked for as many candidates as the product does, and the ``K`` best."""
    index.search(questions[0], CANDIDATES)
    times_ms, found = [], []
    for question in questions:
        began = time.perf_counter()
        hits = index.search(question, CANDIDATES)
        times_ms.append((time.perf_counter() - began) * 1000)
        found.append({row for row, _ in hits[:K]})
    return times_ms, found


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m eval.bench_indexes SUITES [ROWS…]")
    main(Path(sys.argv[1]), tuple(int(rows) for rows in sys.argv[2:]) or SIZES)
