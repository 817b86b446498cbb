"""The reranker learns from what its material shows, and that silence is right where nothing answers."""

from __future__ import annotations

import numpy as np
import pytest

from eval.train_reranker import Ranking, fit
from retrieval.matches import FEATURES

WIDTH = len(FEATURES)


def material(seed: int, count: int = 300) -> list[Ranking]:
    """Rows of noise, of which the first feature says that a row answers; in every third question none does."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        rows = random.normal(size=(6, WIDTH)).astype(np.float32)
        rows[:, 0] = 0
        gold = np.zeros(6, dtype=np.float32)
        if number % 3:
            place = random.integers(6)
            rows[place, 0], gold[place] = 3, 1
        made.append(Ranking(rows, gold))
    return made


def test_learns_to_put_first_what_answers_and_to_stay_behind_silence_where_nothing_does() -> None:
    reranker = fit(material(1))
    for ranking in material(2, 60):
        leads = reranker.leads(ranking.rows)
        if ranking.gold.any():
            assert leads.argmax() == ranking.gold.argmax()
            assert leads.max() > 0
        else:
            assert leads.max() < 0


def test_the_same_material_gives_the_same_reranker() -> None:
    one, other = fit(material(1, 40)), fit(material(1, 40))
    assert np.array_equal(one.hidden, other.hidden)


def test_no_material_is_an_error() -> None:
    with pytest.raises(ValueError, match="no question"):
        fit([])
