from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.embedders import HashingEmbedder, SentenceTransformerEmbedder
from retrieval.errors import EmbedderUnavailable
from retrieval.ports import Embedder


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    def test_vectors_have_the_promised_shape_and_length_one(self, embedder: Embedder) -> None:
        vectors = embedder.embed(["annual fee", "", "年費 " * 600])
        assert vectors.shape == (3, embedder.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_text_gives_no_vector(self, embedder: Embedder) -> None:
        assert embedder.embed([]).shape == (0, embedder.dimensions)

    def test_a_text_has_one_vector_whatever_stands_beside_it(self, embedder: Embedder) -> None:
        alone, together = embedder.embed(["gold card"])[0], embedder.embed(["a " * 90, "gold card"])[1]
        np.testing.assert_allclose(alone, together, atol=1e-5)

    def test_nearer_in_words_is_nearer_in_space(self, embedder: Embedder) -> None:
        question, near, far = embedder.embed(["annual fee of a card", "the card has an annual fee", "flight delay"])
        assert question @ near > question @ far

    def test_its_id_names_its_dimensions(self, embedder: Embedder) -> None:
        assert embedder.id.endswith(f"/{embedder.dimensions}")


class TestHashingEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return HashingEmbedder()


@pytest.fixture(scope="module")
def packaged() -> Embedder:
    return SentenceTransformerEmbedder.packaged()


class TestPackagedMiniLM(EmbedderContract):
    @pytest.fixture
    def embedder(self, packaged: Embedder) -> Embedder:
        return packaged


def test_a_model_that_is_not_there_says_where_it_was_sought(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(tmp_path / "absent", "some-model", "1", 384)
    with pytest.raises(EmbedderUnavailable, match=r"some-model cannot be loaded from .*absent"):
        embedder.embed(["a"])
