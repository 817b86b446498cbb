"""What a GPU does for embedding and search: ``python -m eval.bench_gpu SUITES [ROWS…]``. A benchmark, not a test.

The passages of the suites' English sets are embedded by ONNX Runtime on the processor, by torch on the GPU, and
compared; then the indexes of ``eval.bench_indexes`` are built over the vectors and asked. Above ``GRAPHS_UP_TO`` rows
the graph and the cells of the processor, which take it minutes to build, are left out.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import typer

from eval.bench_indexes import Real, embedded, kinds, perturbed, printed
from eval.blends import SEED
from eval.datasets import read_dataset
from retrieval.embedders import SentenceTransformerEmbedder
from retrieval.models import packaged_model
from retrieval.onnx_embedder import OnnxEmbedder
from retrieval.ports import Embedder, Vectors

SIZES = (100_000, 1_000_000)
GRAPHS_UP_TO = 100_000
COMPARED = 512  # passages that the processor embeds, too
PROCESSOR_ONLY = ("HNSW", "IVF")


def main(suites: Path, sizes: tuple[int, ...]) -> None:
    """Print what embedding gives, then a row an index and size."""
    texts = list(read_dataset(suites / "tatqa").corpus.values())
    processor, gpu = OnnxEmbedder(packaged_model()), SentenceTransformerEmbedder(packaged_model())
    few = texts[:COMPARED]
    slow = _rate("processor, ONNX, 2 threads", processor, few)
    quick = _rate("GPU, torch", gpu, few)
    _rate("GPU, torch", gpu, texts)
    typer.echo(f"largest difference in any place of {len(few)} vectors: {np.abs(slow - quick).max():.1e}")
    real = embedded(suites, gpu)
    for rows in sizes:
        left_out = PROCESSOR_ONLY if rows > GRAPHS_UP_TO else ()
        printed(Real(perturbed(real.passages, rows), real.questions), [k for k in kinds() if k[0] not in left_out])


def _rate(name: str, embedder: Embedder, texts: list[str]) -> Vectors:
    embedder.embed(texts[:64])
    began = time.perf_counter()
    vectors = embedder.embed(texts)
    spent = time.perf_counter() - began
    typer.echo(f"{name}: {len(texts)} passages in {spent:.2f} s, {len(texts) / spent:,.0f} a second")
    return vectors


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"usage: python -m eval.bench_gpu SUITES [ROWS…]; seed {SEED}")
    main(Path(sys.argv[1]), tuple(int(rows) for rows in sys.argv[2:]) or SIZES)
