from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eval.train_strength import Seen, fit
from retrieval.strength import Signs

PLAIN = Signs(0.0, 0.0, 1.0, 5, chinese=False, familiar=0.5)


def seen(n: int = 400) -> list[Seen]:
    """Answered where the best span leads by more than a chance amount; Chinese questions lead by three more."""
    random, made = np.random.default_rng(0), []
    for number in range(n):
        chinese, lead = number % 2 == 0, float(random.normal())
        answerable = lead + 0.2 * float(random.normal()) > 0
        made.append(Seen(replace(PLAIN, span=lead + 3 * chinese, chinese=chinese), answerable))
    return made


def test_it_learns_which_sign_tells_and_one_scale_for_both_languages() -> None:
    strength = fit(seen())
    for chinese, offset in ((False, 0.0), (True, 3.0)):
        assert strength.of(replace(PLAIN, span=offset + 1.0, chinese=chinese)) > 0.9
        assert strength.of(replace(PLAIN, span=offset - 1.0, chinese=chinese)) < 0.1


def test_a_question_of_no_weight_teaches_nothing() -> None:
    wrong = [replace(one, answerable=not one.answerable, weight=0.0) for one in seen()]
    strength = fit([*seen(), *wrong])
    assert strength.of(replace(PLAIN, span=1.5)) > 0.9
    assert strength.of(replace(PLAIN, span=-1.5)) < 0.1


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no question"):
        fit([])
