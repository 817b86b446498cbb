from __future__ import annotations

import numpy as np
import pytest

from eval.answers import Case
from eval.train_scorer import (
    Judged,
    calibrated,
    discrimination,
    fit,
    held_out,
    judge,
    operating_point,
    summary,
    without_each,
)
from eval.train_strength import fit as fit_strength
from eval.train_strength import of_samples
from eval.train_strength import without_each as strengths_without_each
from eval.training_material import Sample
from knowledge_bases.schema import Language
from retrieval.features import FEATURES

WIDTH = len(FEATURES)


def telling(n: int = 240) -> list[Sample]:
    """Three institutions; the first feature is high on a span that answers, and on nothing else."""
    random = np.random.default_rng(0)
    made = []
    for number in range(n):
        answerable = number % 2 == 0
        rows = random.standard_normal((6, WIDTH)).astype(np.float32)
        rows[:, 0] = 0.0
        gold = np.zeros(6, dtype=np.bool_)
        if answerable:
            gold[number % 6] = True
            rows[gold, 0] = 4.0
        case = Case(str(number), Language.EN, "q", answerable, ())
        made.append(Sample("abc"[number % 3], case, rows, gold))
    return made


def test_the_scorer_learns_to_choose_and_to_be_silent_on_institutions_it_has_not_seen() -> None:
    judged = held_out(telling(), without_each(telling()))
    assert discrimination(judged) > 0.95
    assert sum(j.rank == 1 for j in judged if j.answerable) >= 100


def test_strength_is_one_half_at_the_operating_point() -> None:
    material = telling()
    scorers = without_each(material)
    seen = of_samples(material, scorers)
    judged = held_out(material, scorers, strengths_without_each(seen, []))
    strength = fit_strength([one for own in seen.values() for one in own])
    assert discrimination(judged) > 0.95
    assert calibrated(strength, judged, 0.8).offset == pytest.approx(strength.offset - operating_point(judged, 0.8))


def test_a_question_for_which_nothing_was_found_is_silent() -> None:
    empty = Sample("a", Case("1", Language.EN, "q", True, ()), np.zeros((0, WIDTH), np.float32), np.zeros(0, np.bool_))
    assert judge(fit(telling()), empty) == Judged(True, -np.inf, None)


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="no question of the material"):
        fit([])


def test_discrimination_by_hand() -> None:
    judged = [Judged(True, 0.9, 1), Judged(True, 0.4, 1), Judged(False, 0.4, None), Judged(False, 0.1, None)]
    assert discrimination(judged) == pytest.approx(3.5 / 4)


def test_the_operating_point_declines_what_it_must_by_hand() -> None:
    judged = [Judged(False, lead, None) for lead in (0.1, 0.2, 0.3)] + [Judged(True, 0.25, 1), Judged(True, 0.9, 5)]
    assert operating_point(judged, 1.0) == pytest.approx(0.3)
    assert any("answer among the first 1: 0.500" in line for line in summary(judged))
