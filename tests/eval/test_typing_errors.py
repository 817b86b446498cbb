from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.typing_errors import MOST, NEIGHBOURS, mistyped
from retrieval.edits import errors_between

QUESTION = "How do I break my fixed deposit early? 我張 card"


@given(st.integers())
def test_one_or_two_words_have_one_error_each_and_the_rest_stays(seed: int) -> None:
    before, after = QUESTION.split(" "), mistyped(QUESTION, seed).split(" ")
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert 1 <= len(changed) <= MOST
    assert all(errors_between(one, other) == 1 and one[0] == other[0] for one, other in changed)


def test_the_same_seed_makes_the_same_errors_and_another_one_others() -> None:
    assert mistyped(QUESTION, 1) == mistyped(QUESTION, 1)
    assert len({mistyped(QUESTION, seed) for seed in range(9)}) > 1


def test_short_words_figures_and_chinese_stay() -> None:
    assert mistyped("my HK$10,000 a2b3c4 存款 fee", 1) == "my HK$10,000 a2b3c4 存款 fee"


def test_keys_are_beside_each_other_in_both_directions() -> None:
    assert set(NEIGHBOURS["g"]) == set("fhtyvb")
    assert all(one in NEIGHBOURS[other] for one, others in NEIGHBOURS.items() for other in others)
