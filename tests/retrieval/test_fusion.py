from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.fusion import Leg, convex, log_odds, reciprocal_ranks, sigmoid

Fusion = Callable[[Sequence[Leg]], Mapping[int, float]]
FUSIONS = [convex, reciprocal_ranks]
scores = st.dictionaries(st.integers(0, 20), st.floats(-1, 50, allow_nan=False).map(lambda x: round(x, 3)), max_size=10)
weights = st.sampled_from([0.25, 0.5, 1.0])
legs = st.lists(st.builds(Leg, scores, weights), min_size=1, max_size=3)


@pytest.mark.parametrize("fuse", FUSIONS)
@given(legs)
def test_the_order_of_legs_does_not_matter(fuse: Fusion, some: list[Leg]) -> None:
    assert fuse(some) == pytest.approx(fuse(some[::-1]))


@pytest.mark.parametrize("fuse", FUSIONS)
@given(scores)
def test_the_order_of_rows_does_not_matter(fuse: Fusion, some: dict[int, float]) -> None:
    assert fuse([Leg(some)]) == fuse([Leg(dict(reversed(some.items())))])


@pytest.mark.parametrize("fuse", FUSIONS)
@given(legs)
def test_every_row_of_every_leg_comes_back(fuse: Fusion, some: list[Leg]) -> None:
    assert set(fuse(some)) == {row for leg in some for row in leg.scores}


@pytest.mark.parametrize("fuse", FUSIONS)
@given(legs)
def test_a_row_that_is_nowhere_worse_is_not_ranked_below(fuse: Fusion, some: list[Leg]) -> None:
    fused = fuse(some)
    for low in fused:
        for high in fused:
            if all(low in leg.scores and leg.scores.get(high, -9.0) > leg.scores[low] for leg in some):
                assert fused[high] >= fused[low]


@pytest.mark.parametrize("fuse", FUSIONS)
@given(legs)
def test_a_silent_leg_changes_nothing(fuse: Fusion, some: list[Leg]) -> None:
    assert fuse([*some, Leg({})]) == fuse(some)


@given(legs)
def test_convex_scores_lie_between_nought_and_one(some: list[Leg]) -> None:
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in convex(some).values())


def test_a_leg_of_weight_nought_has_no_say() -> None:
    assert convex([Leg({1: 1.0, 2: 0.0}), Leg({2: 9.0, 1: 0.0}, 0.0)]) == {1: 1.0, 2: 0.0}


def test_convex_by_hand() -> None:
    fused = convex([Leg({1: 10.0, 2: 5.0, 3: 0.0}, 0.75), Leg({2: 0.8, 3: 0.4}, 0.25)])
    assert fused == pytest.approx({1: 0.75, 2: 0.625, 3: 0.0})


def test_reciprocal_ranks_by_hand() -> None:
    fused = reciprocal_ranks([Leg({1: 9.0, 2: 8.0}), Leg({2: 0.9})])
    assert fused == pytest.approx({1: 1 / 61, 2: 1 / 62 + 1 / 61})


def test_nothing_fused_is_nothing() -> None:
    assert convex([]) == reciprocal_ranks([]) == {}


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_log_odds_keep_the_order_of_cosines(a: float, b: float) -> None:
    odds = log_odds({0: a, 1: b})
    assert (a <= b) <= (odds[0] <= odds[1])


@given(st.floats(-1000, 1000))
def test_the_sigmoid_is_a_probability_and_symmetric(value: float) -> None:
    assert 0 <= sigmoid(value) <= 1
    assert sigmoid(value) + sigmoid(-value) == pytest.approx(1)
