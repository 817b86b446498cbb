"""Times a search by stage: ``python -m eval.bench_search [CHUNKS]``. A benchmark, not a test.

The corpus is made of words drawn as unevenly as in real text; its vectors are random, which no exact search minds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from knowledge_bases.schema import Chunk, Language, Span, Unit, UnitKind, VersionKey
from retrieval.legs import CANDIDATES
from retrieval.lexicon_files import shipped_lexicon
from retrieval.models import finance_model
from retrieval.onnx_embedder import OnnxEmbedder
from retrieval.postings import Postings
from retrieval.retriever import Retriever
from retrieval.snapshot import Manifest, Snapshot
from retrieval.types import Query

QUESTIONS = 200
WORDS_A_CHUNK = 120
VOCABULARY = 30_000
CONCEPTS = 5_000


def zipf_words(random: np.random.Generator, size: int) -> list[list[str]]:
    """``size`` rows of words, a few of them frequent and most of them rare."""
    ranks = np.minimum(random.zipf(1.2, size=(size, WORDS_A_CHUNK)), VOCABULARY)
    return [[f"word{rank}" for rank in row] for row in ranks.tolist()]


def synthetic_snapshot(size: int, embedder: OnnxEmbedder) -> Snapshot:
    """``size`` chunks of Zipf-distributed words."""
    random = np.random.default_rng(0)
    rows = zipf_words(random, size)
    vectors = random.standard_normal((size, embedder.dimensions), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    chunks = tuple(_chunk(number, " ".join(row)) for number, row in enumerate(rows))
    concepts = [[str(int(word.removeprefix("word")) % CONCEPTS) for word in row] for row in rows]
    manifest = Manifest("benchmark", embedder.id, 1, ())
    return Snapshot("", manifest, chunks, vectors, Postings.of(rows), Postings.of(concepts))


def percentiles(work: Callable[[str], object], questions: Sequence[str]) -> tuple[float, float]:
    """The median and 95th percentile of ``work`` over ``questions``, in milliseconds, after one to warm up."""
    work(questions[0])
    times = []
    for question in questions:
        start = time.perf_counter()
        work(question)
        times.append((time.perf_counter() - start) * 1000)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def main(size: int) -> None:
    """Print a line a stage."""
    embedder = OnnxEmbedder(finance_model())
    snapshot = synthetic_snapshot(size, embedder)
    retriever, lexicon = Retriever(snapshot, embedder), shipped_lexicon()
    random = np.random.default_rng(1)
    drawn = np.minimum(random.zipf(1.2, size=(QUESTIONS, 8)), VOCABULARY).tolist()
    questions = [" ".join(f"word{rank}" for rank in row) + " annual fee" for row in drawn]
    vectors = dict(zip(questions, embedder.embed(questions), strict=True))
    stages: dict[str, Callable[[str], object]] = {
        "expand": lexicon.weigh,
        "embed": embedder.embed_question,
        "dense": lambda question: snapshot.dense.search(vectors[question], CANDIDATES),
        "words": lambda question: snapshot.lexical.search(lexicon.weigh(question), CANDIDATES),
        "whole search": lambda question: retriever.search(Query(question, Language.EN)),
    }
    for name, work in stages.items():
        median, slow = percentiles(work, questions)
        print(f"{size} chunks  {name:<14} p50 {median:7.2f} ms  p95 {slow:7.2f} ms", flush=True)


def _chunk(number: int, text: str) -> Chunk:
    span = Span(0, len(text))
    unit = Unit(UnitKind.SENTENCE, span)
    return Chunk(
        str(number), VersionKey("d", "1"), "", Language.EN, span, text, text, None, (), None, (unit,)
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
