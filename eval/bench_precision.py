"""Whether rankings hold when documents are embedded in eight bits: ``python -m eval.bench_precision FOLDER...``.

Each FOLDER is a test set in BEIR form. Its questions stay in single precision, as in the product; its documents are
embedded in single precision, in eight bits with the hot channels apart, as shipped, and in eight bits throughout. By
cosine alone: the lowest and the mean cosine to single precision, nDCG@10 with the 95 % interval of its difference, how
much of the first ten and how often the first is the same, and tokens a second of processor time on one thread.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from eval.datasets import Dataset, read_dataset
from eval.metrics import estimate, ndcg
from retrieval.models import packaged_model
from retrieval.onnx_embedder import OnnxEmbedder, Precision
from retrieval.ports import Vectors

K = 10
MOST_TOKENS = 256  # that the packaged model was made to see


@dataclass(frozen=True)
class _Embedded:
    """A corpus under one precision; ``seconds`` are of processor time."""

    vectors: Vectors
    seconds: float


def main(folders: Sequence[Path]) -> None:
    """Print a block of lines a folder."""
    single = OnnxEmbedder(packaged_model(), threads=1)
    for folder in folders:
        dataset = read_dataset(folder)
        texts = list(dataset.corpus.values())
        tokens = _seen_tokens(texts)
        questions = single.embed(list(dataset.queries.values()))
        print(f"{folder.name}: {len(dataset.queries)} questions, {len(texts)} documents, {tokens} tokens")
        truth: _Embedded | None = None
        for name, embedder in _engines(single):
            embedded = _embedded(embedder, texts)
            truth = truth or embedded
            print(
                f"  {name:24} {tokens / embedded.seconds:6.0f} tokens/s", _beside(dataset, questions, embedded, truth)
            )


def _seen_tokens(texts: Sequence[str]) -> int:
    """How many tokens the model reads of the texts."""
    tokenizer = Tokenizer.from_file(str(packaged_model().path / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.no_padding()
    return sum(len(encoded) for encoded in tokenizer.encode_batch_fast(list(texts)))


def _engines(single: OnnxEmbedder) -> Iterator[tuple[str, OnnxEmbedder]]:
    eight_bit = partial(OnnxEmbedder, packaged_model(), 1, Precision.EIGHT_BIT)
    yield "single precision", single
    yield "eight bits, hot apart", eight_bit()
    with patch("retrieval.bert.hot_channels.SHARE", 0.0):
        yield "eight bits throughout", eight_bit()


def _embedded(embedder: OnnxEmbedder, texts: Sequence[str]) -> _Embedded:
    embedder.embed(["warm"])
    began = time.process_time()
    return _Embedded(embedder.embed(texts), time.process_time() - began)


def _beside(dataset: Dataset, questions: Vectors, one: _Embedded, truth: _Embedded) -> str:
    cosines = (one.vectors * truth.vectors).sum(axis=1)
    ranked, expected = (_ranked(questions, embedded.vectors) for embedded in (one, truth))
    scores, before = (_scores(dataset, ranking) for ranking in (ranked, expected))
    change = estimate([new - old for new, old in zip(scores, before, strict=True)])
    same = np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(ranked, expected, strict=True)])
    first = np.mean(ranked[:, 0] == expected[:, 0])
    return (
        f"cosine {cosines.min():.4f} least, {cosines.mean():.4f} mean; nDCG@{K} {np.mean(scores):.4f}, "
        f"{change.mean:+.4f} [{change.low:+.4f}, {change.high:+.4f}]; same first ten {same:.3f}, first {first:.3f}"
    )


def _ranked(questions: Vectors, documents: Vectors) -> NDArray[np.int64]:
    return np.argsort(-(questions @ documents.T), axis=1, kind="stable")[:, :K]


def _scores(dataset: Dataset, ranking: NDArray[np.int64]) -> list[float]:
    ids = list(dataset.corpus)
    judged: Mapping[str, Mapping[str, int]] = dataset.judged
    return [ndcg([ids[row] for row in rows], judged[query], K) for query, rows in zip(judged, ranking, strict=True)]


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
