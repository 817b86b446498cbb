"""Several rankings of the same rows made into one: pure functions over columns, a score a row, higher is better.

A leg is one retriever's scores of all rows there are, in the same order in every leg.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

RRF_CONSTANT = 60  # Cormack, Clarke and Büttcher, 2009
COSINE_LIMIT = 0.999  # keeps the log-odds of a perfect match finite

Column = NDArray[np.float64]  # one number a row


@dataclass(frozen=True)
class Leg:
    """A column of scores, and how much it counts beside the others; a weight of 0 leaves it out."""

    scores: NDArray[np.floating]
    weight: float = 1.0


def reciprocal_ranks(legs: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """Reciprocal rank fusion of the first rows of each leg, by row: each gives 1 / (60 + rank), ties by row.

    Blind to how far apart scores are, and to rows that a leg did not rank.
    """
    fused = dict.fromkeys(sorted({row for leg in legs for row in leg}), 0.0)
    for leg in legs:
        for rank, (row, _) in enumerate(sorted(leg.items(), key=lambda pair: (-pair[1], pair[0])), 1):
            fused[row] += 1 / (RRF_CONSTANT + rank)
    return fused


def convex(legs: Sequence[Leg]) -> Column:
    """Weighted mean of each leg's scores stretched to [0, 1]; in [0, 1]. Bruch, Gai and Ingber, 2023.

    A leg whose scores do not differ has nothing to say, and counts for nothing. One leg at least.
    """
    columns = [(leg.weight, stretched(leg.scores)) for leg in legs]
    heard = [(weight, column) for weight, column in columns if weight > 0 and column.any()]
    total = sum(weight for weight, _ in heard)
    return sum((weight / total * column for weight, column in heard), np.zeros(len(legs[0].scores)))


def stretched(scores: NDArray[np.floating]) -> Column:
    """``scores`` stretched to [0, 1]; all 0 where they do not differ."""
    low, high = float(scores.min(initial=np.inf)), float(scores.max(initial=-np.inf))
    return (scores.astype(np.float64) - low) / (high - low) if high > low else np.zeros(len(scores))


def log_odds(cosines: NDArray[np.floating]) -> Column:
    """Cosines in [-1, 1] read as probabilities (1 + c) / 2 and turned into log-odds: near matches are set apart.

    Fused by ``convex`` with BM25, whose scores are sums of log-odds already, this is "balanced log-odds".
    """
    odds: Column = 2 * np.arctanh(np.clip(cosines.astype(np.float64), -COSINE_LIMIT, COSINE_LIMIT))
    return odds


def sigmoid(value: float) -> float:
    """The logistic function; exact enough and without overflow at both ends."""
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))
