from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import auroc, declined_share, estimate, ndcg, point_answering, recall, reciprocal_rank

GRADES = {"a": 2, "b": 1, "c": 1}


def test_ndcg_by_hand() -> None:
    gained = 1 / log2(2) + 0 + 2 / log2(4)
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ndcg(["b", "x", "a"], GRADES, 3) == pytest.approx(gained / ideal)


def test_the_ideal_order_scores_one() -> None:
    assert ndcg(["a", "b", "c"], GRADES, 3) == ndcg(["a", "c"], GRADES, 2) == 1


def test_recall_by_hand() -> None:
    assert recall(["b", "x", "a"], GRADES, 3) == pytest.approx(2 / 3)
    assert recall(["b", "x", "a"], GRADES, 1) == pytest.approx(1 / 3)


def test_reciprocal_rank_by_hand() -> None:
    assert reciprocal_rank(["x", "b"], GRADES, 10) == 0.5
    assert reciprocal_rank(["x", "b"], GRADES, 1) == 0


@pytest.mark.parametrize("measure", [ndcg, recall, reciprocal_rank])
def test_nothing_relevant_or_nothing_found_scores_nought(measure: object) -> None:
    assert callable(measure)
    assert measure(["a"], {}, 10) == measure([], GRADES, 10) == measure(["a"], {"a": 0}, 10) == 0


@given(st.permutations(["a", "b", "c", "x", "y"]), st.integers(1, 6))
def test_measures_stay_between_nought_and_one(ranked: list[str], k: int) -> None:
    assert all(0 <= measure(ranked, GRADES, k) <= 1 for measure in (ndcg, recall, reciprocal_rank))


def test_an_estimate_has_its_mean_inside_its_interval_and_is_repeatable() -> None:
    found = estimate([0, 1, 1, 1])
    assert found.low <= found.mean == 0.75 <= found.high
    assert found == estimate([0, 1, 1, 1])
    assert found.n == 4


def test_equal_values_leave_no_doubt() -> None:
    assert (estimate([0.5] * 9).low, estimate([0.5] * 9).high) == (0.5, 0.5)


def test_no_value_has_no_mean() -> None:
    with pytest.raises(ValueError, match="no query was scored"):
        estimate([])


def test_the_area_under_the_curve_by_hand() -> None:
    found = auroc(np.array([3.0, 2.0, 1.0]), np.array([2.0, 0.0]))
    assert found.mean == pytest.approx((1 + 1 + 0.5 + 1 + 0 + 1) / 6)
    assert 0 <= found.low < found.mean < found.high <= 1


def test_scores_that_part_the_sides_leave_no_doubt_and_equal_ones_say_nothing() -> None:
    apart = auroc(np.array([2.0, 3.0]), np.array([0.0, 1.0]))
    assert (apart.low, apart.mean, apart.high) == (1, 1, 1)
    assert auroc(np.ones(4), np.ones(3)).mean == 0.5


def test_an_area_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="scores on both sides"):
        auroc(np.array([1.0]), np.array([]))


def test_at_the_point_at_least_the_share_is_answered_and_what_is_below_declined() -> None:
    answerable = np.arange(20.0)
    assert point_answering(answerable, 0.95) == 1  # 19 of 20
    assert point_answering(answerable, 1.0) == 0
    assert declined_share(answerable, np.array([0.0, 0.9, 1.0, 30.0]), 0.95) == 0.5


@given(st.lists(st.integers(0, 5), min_size=1), st.floats(0.01, 1))
def test_the_point_answers_the_share_even_where_scores_tie(scores: list[int], share: float) -> None:
    answerable = np.array(scores, dtype=np.float64)
    assert np.mean(answerable >= point_answering(answerable, share)) >= share - 1e-6
