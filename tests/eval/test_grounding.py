from __future__ import annotations

import numpy as np

from eval.grounding import overlap
from eval.grounding_sets import Pair
from eval.train_groundedness import fit

FEE = "The annual fee of the Gold Card is HK$1,800."


def test_overlap_is_the_share_of_different_words_that_the_source_has() -> None:
    assert overlap(Pair("a gold card", "Gold gold fee", True)) == 0.5
    assert overlap(Pair("金卡年費", "金卡", True)) == 1.0
    assert overlap(Pair("a", "", True)) == 0.0


def test_a_source_is_in_one_half_whatever_is_said_of_it() -> None:
    assert Pair(FEE, "one", True).half is Pair(FEE, "another", False).half


def test_the_regression_gives_more_to_what_supported_sentences_have_more_of() -> None:
    values = np.array([[0.0, 1.0], [0.2, 0.0], [0.8, 1.0], [1.0, 0.0]] * 5)
    weights = fit(values, np.array([0.0, 0.0, 1.0, 1.0] * 5), np.ones(20))
    assert weights.score((1.0, 0.5)) > 0.55 > 0.45 > weights.score((0.0, 0.5))
    assert abs(weights.weight[1]) < 0.5 * weights.weight[0]
