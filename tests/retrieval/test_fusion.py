from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import Leg, convex, log_odds, reciprocal_ranks, sigmoid, stretched

ROWS = 6
columns = st.lists(st.floats(-1, 50, allow_nan=False).map(lambda x: round(x, 3)), min_size=ROWS, max_size=ROWS).map(
    np.array
)
weights = st.sampled_from([0.25, 0.5, 1.0])
legs = st.lists(st.builds(Leg, columns, weights), min_size=1, max_size=3)
rankings = st.lists(st.dictionaries(st.integers(0, 20), st.floats(0, 50), max_size=10), min_size=1, max_size=3)


@given(legs)
def test_the_order_of_legs_does_not_matter(some: list[Leg]) -> None:
    assert convex(some) == pytest.approx(convex(some[::-1]))


@given(rankings)
def test_the_order_of_rankings_does_not_matter(some: list[dict[int, float]]) -> None:
    assert reciprocal_ranks(some) == pytest.approx(reciprocal_ranks(some[::-1]))
    assert set(reciprocal_ranks(some)) == {row for ranking in some for row in ranking}


@given(legs, st.permutations(range(ROWS)))
def test_the_order_of_rows_does_not_matter(some: list[Leg], order: list[int]) -> None:
    moved = [Leg(leg.scores[order], leg.weight) for leg in some]
    assert convex(moved) == pytest.approx(convex(some)[order])


@given(legs)
def test_a_row_that_is_nowhere_worse_is_not_ranked_below(some: list[Leg]) -> None:
    fused = convex(some)
    for low in range(ROWS):
        for high in range(ROWS):
            if all(leg.scores[high] > leg.scores[low] for leg in some):
                assert fused[high] >= fused[low]


@given(legs, st.floats(-5, 5))
def test_a_leg_that_says_the_same_of_all_rows_changes_nothing(some: list[Leg], same: float) -> None:
    assert convex([*some, Leg(np.full(ROWS, same))]) == pytest.approx(convex(some))


@given(legs)
def test_convex_scores_lie_between_nought_and_one(some: list[Leg]) -> None:
    fused = convex(some)
    assert fused.shape == (ROWS,)
    assert ((fused >= -1e-9) & (fused <= 1 + 1e-9)).all()


def test_a_leg_of_weight_nought_has_no_say() -> None:
    assert convex([Leg(np.array([1.0, 0.0])), Leg(np.array([0.0, 9.0]), 0.0)]).tolist() == [1.0, 0.0]


def test_convex_by_hand() -> None:
    fused = convex([Leg(np.array([10.0, 5.0, 0.0]), 0.75), Leg(np.array([0.4, 0.8, 0.4]), 0.25)])
    assert fused == pytest.approx([0.75, 0.625, 0.0])


def test_reciprocal_ranks_by_hand() -> None:
    assert reciprocal_ranks([{1: 9.0, 2: 8.0}, {2: 0.9}]) == pytest.approx({1: 1 / 61, 2: 1 / 62 + 1 / 61})


def test_nothing_fused_is_nothing() -> None:
    assert reciprocal_ranks([]) == {}
    assert convex([Leg(np.zeros(0))]).tolist() == []


@given(columns)
def test_stretched_scores_keep_their_order_and_reach_both_ends(scores: np.ndarray) -> None:
    low_to_high = np.argsort(scores, kind="stable")
    assert (np.diff(stretched(scores)[low_to_high]) >= 0).all()
    assert {stretched(scores).min(), stretched(scores).max()} in ({0.0, 1.0}, {0.0})


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_log_odds_keep_the_order_of_cosines(a: float, b: float) -> None:
    odds = log_odds(np.array([a, b]))
    assert (a <= b) <= (odds[0] <= odds[1])


@given(st.floats(-1000, 1000))
def test_the_sigmoid_is_a_probability_and_symmetric(value: float) -> None:
    assert 0 <= sigmoid(value) <= 1
    assert sigmoid(value) + sigmoid(-value) == pytest.approx(1)
