from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from eval.strength import NAMES, Sample, calibrated, discrimination, fit, held_out, kept_when_declining
from retrieval.strength import Features


def sample(answerable: bool, group: str = "a", **values: float) -> Sample:
    return Sample(Features(**{**{field.name: 0.0 for field in fields(Features)}, **values}), answerable, group)


def telling_samples(n: int = 60) -> list[Sample]:
    """Coverage tells, the cosine is noise, the gap points the wrong way."""
    random = np.random.default_rng(0)
    return [
        sample(
            i % 2 == 0,
            group="abc"[i % 3],
            coverage_best=float(random.normal(0.7 if i % 2 == 0 else 0.3, 0.1)),
            cosine=float(random.random()),
            gap=float(i % 2) * 0.5,
        )
        for i in range(n)
    ]


def test_a_feature_that_tells_gets_weight_and_one_that_points_the_wrong_way_gets_none() -> None:
    coefficients = dict(zip(NAMES, fit(telling_samples()).coefficients, strict=True))
    assert coefficients["coverage_best"] > 1
    assert coefficients["gap"] == 0


def test_strength_rises_with_what_tells() -> None:
    model = fit(telling_samples())
    weak, strong = sample(False, coverage_best=0.2).features, sample(True, coverage_best=0.8).features
    assert model.strength(weak) < 0.5 < model.strength(strong)


def test_quality_is_judged_on_groups_that_were_not_fitted_on() -> None:
    samples = telling_samples()
    assert discrimination(held_out(samples), [s.answerable for s in samples]) > 0.95


def test_a_group_alone_cannot_judge_itself() -> None:
    with pytest.raises(ValueError, match="with and without an answer"):
        held_out([sample(True), sample(False)])


def test_discrimination_by_hand() -> None:
    assert discrimination([0.9, 0.4, 0.4, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)


def test_the_threshold_declines_what_it_must_by_hand() -> None:
    strengths, answerable = [0.1, 0.2, 0.3, 0.25, 0.9], [False, False, False, True, True]
    assert kept_when_declining(strengths, answerable, 1.0) == (pytest.approx(0.3), 0.5)


def test_calibration_moves_the_threshold_to_one_half_and_keeps_the_order() -> None:
    model = fit(telling_samples())
    one, other = (sample(True, coverage_best=value).features for value in (0.4, 0.6))
    moved = calibrated(model, model.strength(one))
    assert moved.strength(one) == pytest.approx(0.5)
    assert moved.strength(other) > moved.strength(one)
