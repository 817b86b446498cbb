from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval.embeddings import KeptEmbedder
from retrieval.embedders import HashingEmbedder
from retrieval.ports import Vectors

TEXTS = ["annual fee", "年費", ""]


class Counting(HashingEmbedder):
    """Counts the texts that were really embedded."""

    def __init__(self, dimensions: int = 64) -> None:
        super().__init__(dimensions)
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().embed(texts)


def test_kept_vectors_are_those_of_the_embedder(tmp_path: Path) -> None:
    kept = KeptEmbedder(HashingEmbedder(), tmp_path)
    for _ in range(2):
        assert np.array_equal(kept.embed(TEXTS), HashingEmbedder().embed(TEXTS))
    assert kept.embed([]).shape == (0, 64)


def test_no_text_is_embedded_twice_not_even_by_a_later_run(tmp_path: Path) -> None:
    first, later = Counting(), Counting()
    KeptEmbedder(first, tmp_path).embed([*TEXTS, *TEXTS])
    KeptEmbedder(later, tmp_path).embed([*TEXTS, "new"])
    assert (first.texts, later.texts) == (TEXTS, ["new"])


def test_a_text_embedded_alone_is_kept_when_told(tmp_path: Path) -> None:
    later = Counting()
    kept = KeptEmbedder(HashingEmbedder(), tmp_path)
    kept.embed(["alone"])
    kept.keep()
    kept.keep()
    KeptEmbedder(later, tmp_path).embed(["alone"])
    assert later.texts == []
    assert len(list(tmp_path.rglob("*.npz"))) == 1


def test_models_do_not_share_vectors(tmp_path: Path) -> None:
    KeptEmbedder(HashingEmbedder(64), tmp_path).embed(TEXTS)
    assert KeptEmbedder(HashingEmbedder(32), tmp_path).embed(TEXTS).shape == (3, 32)
