"""Several rankings of the same rows made into one: pure functions from legs to a score a row, higher is better.

A leg is one retriever's scores. A row a leg did not see counts as the least that leg can say of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

RRF_CONSTANT = 60  # Cormack, Clarke and Büttcher, 2009
COSINE_LIMIT = 0.999  # keeps the log-odds of a perfect match finite


@dataclass(frozen=True)
class Leg:
    """Scores by row, and how much this leg counts beside the others; a weight of 0 leaves it out."""

    scores: Mapping[int, float]
    weight: float = 1.0


def reciprocal_ranks(legs: Sequence[Leg]) -> dict[int, float]:
    """Reciprocal rank fusion: each leg gives weight / (60 + rank), ties by row; blind to how far apart scores are."""
    fused = dict.fromkeys(_rows(legs), 0.0)
    for leg in legs:
        ordered = sorted(leg.scores, key=lambda row, scores=leg.scores: (-scores[row], row))  # type: ignore[misc]
        for rank, row in enumerate(ordered, 1):
            fused[row] += leg.weight / (RRF_CONSTANT + rank)
    return fused


def convex(legs: Sequence[Leg]) -> dict[int, float]:
    """Weighted mean of each leg's scores stretched to [0, 1]; in [0, 1]. Bruch, Gai and Ingber, 2023."""
    heard = [leg for leg in legs if leg.scores and leg.weight > 0]
    total = sum(leg.weight for leg in heard)
    fused = dict.fromkeys(_rows(legs), 0.0)
    for leg in heard:
        for row, value in _stretched(leg.scores).items():
            fused[row] += leg.weight / total * value
    return fused


def log_odds(cosines: Mapping[int, float]) -> dict[int, float]:
    """Cosines in [-1, 1] read as probabilities (1 + c) / 2 and turned into log-odds: near matches are set apart.

    Fused by ``convex`` with BM25, whose scores are sums of log-odds already, this is "balanced log-odds".
    """
    limited = {row: min(max(cosine, -COSINE_LIMIT), COSINE_LIMIT) for row, cosine in cosines.items()}
    return {row: log((1 + cosine) / (1 - cosine)) for row, cosine in limited.items()}


def sigmoid(value: float) -> float:
    """The logistic function; exact enough and without overflow at both ends."""
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


def _rows(legs: Sequence[Leg]) -> list[int]:
    return sorted({row for leg in legs for row in leg.scores})


def _stretched(scores: Mapping[int, float]) -> dict[int, float]:
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {row: (score - low) / (high - low) for row, score in scores.items()}
