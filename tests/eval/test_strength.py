from __future__ import annotations

import numpy as np
import pytest

from eval.strength import Sample, calibrated, discrimination, fit, held_out, kept_when_declining


def telling_samples(n: int = 60) -> list[Sample]:
    """Answerable questions score about 8, the others about 4, in three institutions."""
    random = np.random.default_rng(0)
    return [Sample(float(random.normal(8 if i % 2 == 0 else 4, 1)), i % 2 == 0, "abc"[i % 3]) for i in range(n)]


def test_strength_rises_with_the_score() -> None:
    model = fit(telling_samples())
    assert model.strength(3.0) < 0.5 < model.strength(9.0)


def test_quality_is_judged_on_groups_that_were_not_fitted_on() -> None:
    samples = telling_samples()
    assert discrimination(held_out(samples), [s.answerable for s in samples]) > 0.95


def test_a_group_alone_cannot_judge_itself() -> None:
    with pytest.raises(ValueError, match="with and without an answer"):
        held_out([Sample(8.0, True, "a"), Sample(4.0, False, "a")])


def test_calibrating_moves_the_threshold_to_one_half_and_keeps_the_order() -> None:
    model = fit(telling_samples())
    moved = calibrated(model, model.strength(7.0))
    assert moved.strength(7.0) == pytest.approx(0.5)
    assert moved.strength(6.0) < moved.strength(8.0)


def test_discrimination_by_hand() -> None:
    assert discrimination([0.9, 0.4, 0.4, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)


def test_the_threshold_declines_what_it_must_by_hand() -> None:
    strengths, answerable = [0.1, 0.2, 0.3, 0.25, 0.9], [False, False, False, True, True]
    assert kept_when_declining(strengths, answerable, 1.0) == (pytest.approx(0.3), 0.5)
