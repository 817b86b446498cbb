"""Ranking measures over one query each, and their mean with a bootstrap interval. Pure; ids are any hashable.

nDCG as Järvelin and Kekäläinen 2002 with linear gain (trec_eval); the interval is the percentile bootstrap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2

import numpy as np
from numpy.typing import NDArray


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Normalised discounted cumulative gain of the first ``k``, in [0, 1]; 0 where nothing is relevant."""
    ideal = _dcg(sorted(grades.values(), reverse=True)[:k])
    return _dcg([grades.get(document, 0) for document in ranked[:k]]) / ideal if ideal else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """The share of relevant documents among the first ``k``, in [0, 1]; 0 where nothing is relevant."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """1 / rank of the first relevant document among the first ``k``; 0 where there is none."""
    return next((1 / rank for rank, document in enumerate(ranked[:k], 1) if grades.get(document, 0) > 0), 0.0)


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / log2(position + 1) for position, gain in enumerate(gains, 1))


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` queries with the ends of its 95 % interval."""

    mean: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float] | NDArray[np.float64], resamples: int = 1000, seed: int = 0) -> Estimate:
    """The mean of ``values`` with a percentile bootstrap interval; the same values give the same interval.

    Of two systems on the same questions, give the differences: the interval is a paired one.

    Raises:
        ValueError: there is no value; "unscored" is not 0.
    """
    if not len(values):
        raise ValueError("no query was scored: there is no mean of nothing")
    sample = np.asarray(values, dtype=np.float64)
    low, high = np.percentile(_drawn(len(sample), resamples, seed) @ sample / len(sample), (2.5, 97.5))
    return Estimate(float(sample.mean()), float(low), float(high), len(sample))


@lru_cache(maxsize=8)
def _drawn(size: int, resamples: int, seed: int) -> NDArray[np.float32]:
    """How often each value is drawn in each resample, shape (resamples, size): the same for values of one length."""
    draws = np.random.default_rng(seed).integers(0, size, size=(resamples, size))
    return np.stack([np.bincount(draw, minlength=size) for draw in draws]).astype(np.float32)


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> Estimate:
    """How often a positive scores above a negative, ties half: the area under the ROC curve, with a 95 % interval.

    The interval is DeLong's (1988), from how each question fares against all of the other side.

    Raises:
        ValueError: a side is empty.
    """
    if not len(positive) or not len(negative):
        raise ValueError("an area under the curve takes scores on both sides")
    above = _shares_below(positive, negative)
    below = _shares_below(negative, positive)
    area = float(above.mean())
    spread = 1.96 * float(np.sqrt(above.var() / len(above) + below.var() / len(below)))
    return Estimate(area, max(0.0, area - spread), min(1.0, area + spread), len(positive) + len(negative))


def point_answering(answerable: NDArray[np.float64], share: float) -> float:
    """The highest score at which, with all that score as much, at least ``share`` of ``answerable`` are answered."""
    return float(np.sort(answerable)[int((1 - share) * len(answerable) + 1e-9)])


def declined_share(answerable: NDArray[np.float64], unanswerable: NDArray[np.float64], share: float) -> float:
    """The share of ``unanswerable`` that scores below the point where ``share`` of ``answerable`` is answered."""
    return float(np.mean(unanswerable < point_answering(answerable, share)))


def _shares_below(scores: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each score the share of ``others`` below it, ties half."""
    ordered = np.sort(others)
    found = (np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")) / 2 / len(ordered)
    return np.asarray(found, dtype=np.float64)
