from __future__ import annotations

from pathlib import Path

import numpy as np

from eval.bench_retrieval.material import K, Real, prepared, true_neighbours
from eval.bench_retrieval.texts import Part
from retrieval.embedders import HashingEmbedder
from tests.retrieval.test_vector_indexes import unit_rows

TEXTS = tuple(f"The fee of card {number} is HK${number}00 a year." for number in range(30))


def given() -> Real:
    embedder = HashingEmbedder()
    asked = ("What is the fee of card 7?", "卡費是多少？")
    parts = (Part("first", TEXTS[:10]), Part("second", TEXTS[10:]))
    return Real(parts, embedder.embed(TEXTS), asked, embedder.embed(asked))


def test_fewer_than_there_are_real_ones_are_the_first_real_ones(tmp_path: Path) -> None:
    material = prepared(given(), 12, tmp_path)
    assert tuple(material.texts()) == TEXTS[:12]
    assert np.array_equal(material.vectors, given().vectors[:12])
    assert material.questions == list(given().asked)


def test_more_are_the_real_ones_and_blends_after_them(tmp_path: Path) -> None:
    material = prepared(given(), 50, tmp_path)
    texts = list(material.texts())
    assert len(texts) == len(material) == 50
    assert tuple(texts[:30]) == TEXTS
    assert all(text.startswith("The fee") for text in texts)
    assert np.allclose(np.linalg.norm(material.vectors, axis=1), 1.0, atol=1e-5)


def test_batches_put_every_text_beside_its_vector_once(tmp_path: Path) -> None:
    material = prepared(given(), 30, tmp_path)
    batches = list(material.batches(8))
    assert [start for start, _, _ in batches] == [0, 8, 16, 24]
    assert [text for _, texts, _ in batches for text in texts] == list(TEXTS)
    assert np.array_equal(np.concatenate([vectors for _, _, vectors in batches]), given().vectors)


def test_true_neighbours_are_those_of_all_parts_together() -> None:
    vectors, asked = unit_rows(120_000, dimensions=8), unit_rows(3, dimensions=8)
    whole = np.argsort(-(asked @ vectors.T), axis=1)[:, :K]
    found = true_neighbours(vectors, asked)
    assert [set(row) for row in found.tolist()] == [set(row) for row in whole.tolist()]


def test_of_fewer_rows_than_wanted_all_are_neighbours() -> None:
    rows = unit_rows(4, dimensions=8)
    assert true_neighbours(rows, rows[:1]).shape == (1, 4)
