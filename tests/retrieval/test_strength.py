from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import ScorerInvalid
from retrieval.strength import SIGNS, Signs, Strength, shipped_strength, weighed

GOOD = Signs(2.0, 3.0, 1.0, 4, chinese=False, familiar=0.5)
signs = st.builds(
    Signs, st.floats(-20, 20), st.floats(-20, 20), st.floats(0, 1), st.integers(0, 300), st.booleans(), st.floats(0, 1)
)


@given(signs)
def test_strength_is_a_probability(said: Signs) -> None:
    assert 0 <= shipped_strength().of(said) <= 1


def test_a_surer_span_makes_it_stronger() -> None:
    assert shipped_strength().of(GOOD) > shipped_strength().of(replace(GOOD, span=-3.0))


def test_a_surer_passage_makes_it_stronger() -> None:
    assert shipped_strength().of(GOOD) > shipped_strength().of(replace(GOOD, passage=-3.0))


def test_nothing_found_is_weak() -> None:
    assert shipped_strength().of(Signs(-6.0, -10.0, 0.0, 3, chinese=False, familiar=0.5)) < 0.5


def test_strength_is_one_half_where_the_sum_is_nought() -> None:
    strength = shipped_strength()
    assert replace(strength, offset=strength.offset - strength.sum(GOOD)).of(GOOD) == pytest.approx(0.5)


def test_every_sign_is_one_number() -> None:
    assert weighed(GOOD).shape == (len(SIGNS),)


def test_what_was_written_is_read_again() -> None:
    again = Strength.from_value(shipped_strength().to_value())
    assert again.sum(GOOD) == pytest.approx(shipped_strength().sum(GOOD), abs=1e-3)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"signs": ["passage"]}, "other signs"),
        ({"out": [1.0]}, "cannot be read"),
        ({"hidden": "no"}, "cannot be read"),
        ({"offset": None}, "cannot be read"),
    ],
)
def test_weights_that_do_not_fit_are_refused(broken: dict[str, object], message: str) -> None:
    with pytest.raises(ScorerInvalid, match=message):
        Strength.from_value(shipped_strength().to_value() | broken)
