"""How likely the passages answer the question: a logistic curve over the score of the best quotable span.

Its two coefficients are data (``strength.yaml``), fitted by ``eval/strength.py`` on development questions only. Ten
further features (coverage of passages, units and rare concepts, numbers, BM25, cosine, score gap, language) were
tried beside it; on institutions held out none of them helped (docs/measurements.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from knowledge_bases.schema import Passage
from retrieval.fusion import sigmoid
from retrieval.quotable import Sought, ranked_quotes


@dataclass(frozen=True)
class StrengthModel:
    """Logistic regression on the best quote's score; ``slope`` is above 0."""

    intercept: float
    slope: float

    def strength(self, score: float) -> float:
        """The probability that a quote of this score answers, in (0, 1)."""
        return sigmoid(self.intercept + self.slope * score)


def evidence_strength(sought: Sought, passages: Sequence[Passage]) -> float:
    """How strongly ``passages`` answer what is ``sought``, in [0, 1]; 0 where nothing of them may be quoted."""
    score = best_score(sought, passages)
    return 0.0 if score is None else shipped_model().strength(score)


def best_score(sought: Sought, passages: Sequence[Passage]) -> float | None:
    """The score of the best quotable span; None where there is none that shares a term with the question."""
    quotes = ranked_quotes(sought, passages)
    return quotes[0].score if quotes else None


@cache
def shipped_model() -> StrengthModel:
    """The model of ``strength.yaml``."""
    value = yaml.safe_load(files("retrieval").joinpath("strength.yaml").read_text("utf-8"))
    return StrengthModel(float(value["intercept"]), float(value["slope"]))
