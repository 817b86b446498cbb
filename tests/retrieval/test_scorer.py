from __future__ import annotations

import numpy as np
import pytest

from retrieval.errors import ScorerInvalid
from retrieval.features import FEATURES
from retrieval.scorer import Scorer, shipped_scorer


def test_the_shipped_scorer_scores_a_row_of_features() -> None:
    scores = shipped_scorer().scores(np.zeros((3, len(FEATURES)), dtype=np.float32))
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()


def test_what_was_written_is_read_again() -> None:
    shipped = shipped_scorer()
    again = Scorer.from_value(shipped.to_value())
    rows = np.random.default_rng(0).standard_normal((5, len(FEATURES))).astype(np.float32)
    assert again.scores(rows) == pytest.approx(shipped.scores(rows), abs=1e-3)
    assert again.silence == pytest.approx(shipped.silence, abs=1e-4)


def test_a_scorer_of_other_features_is_refused() -> None:
    value = shipped_scorer().to_value() | {"features": ["rank"]}
    with pytest.raises(ScorerInvalid, match=r"other features.*train_scorer"):
        Scorer.from_value(value)


@pytest.mark.parametrize("broken", [{"out": [1.0]}, {"hidden": None}, {"silence": "no"}])
def test_a_scorer_whose_parts_do_not_fit_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ScorerInvalid, match="cannot be read"):
        Scorer.from_value(shipped_scorer().to_value() | broken)


def test_the_lead_of_a_span_is_over_silence() -> None:
    scorer = shipped_scorer()
    assert scorer.lead(scorer.silence) == 0
    assert scorer.lead(scorer.silence + 2) == pytest.approx(2)
