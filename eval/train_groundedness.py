"""Learns the groundedness score from half A of its sets: ``python -m eval.train_groundedness DATA``.

Logistic regression by Newton's method on standardised signs; each set counts alike, however large it is. Writes
``guardrails/verification/groundedness.json``; the same data give the same numbers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import guardrails.verification
from eval.grounding_sets import SETS, Pair, pairs
from eval.halves import Half
from guardrails.verification.comparison import Comparison
from guardrails.verification.groundedness import Weights
from guardrails.verification.reading import Reading, read
from guardrails.verification.signs import SIGNS, numbers, signs_of

MOST = 1000  # pairs of a set that are looked at, in its order
PENALTY = 3.0  # of a squared weight, beside a mean surprise over all pairs
STEPS = 30
TARGET = Path(guardrails.verification.__file__).parent / "groundedness.json"
Numbers = NDArray[np.float64]


def rows(chosen: Sequence[Pair]) -> Numbers:
    """The signs of each pair, shape (pairs, signs)."""
    return np.array([numbers(signs_of(Comparison(Reading(p.sentence), read(p.source)))) for p in chosen])


def fit(values: Numbers, supported: Numbers, counts: Numbers, cost: float = PENALTY) -> Weights:
    """The regression under which what was seen is likeliest; ``counts`` is how much each pair counts.

    ``cost`` is that of a squared weight.
    """
    centre, scale = values.mean(axis=0), values.std(axis=0) + 1e-6
    ready = np.hstack([(values - centre) / scale, np.ones((len(values), 1))])
    penalty = np.diag([cost] * values.shape[1] + [0.0])
    weights = np.zeros(ready.shape[1])
    for _ in range(STEPS):
        said = 1 / (1 + np.exp(-ready @ weights))
        slope = ready.T @ (counts * (said - supported)) + penalty @ weights
        curve = (ready * (counts * said * (1 - said))[:, None]).T @ ready + penalty
        weights = weights - np.linalg.solve(curve, slope)
    *weight, offset = (round(float(number), 5) for number in weights)
    return Weights(_rounded(centre), _rounded(scale), tuple(weight), offset)


def _rounded(values: Numbers) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def learned(data: Path) -> Weights:
    """What half A of every set teaches."""
    sets = [[pair for pair in pairs(name, data) if pair.half is Half.A][:MOST] for name in SETS]
    values = np.vstack([rows(chosen) for chosen in sets])
    supported = np.array([float(pair.supported) for chosen in sets for pair in chosen])
    counts = np.concatenate([np.full(len(chosen), 1 / len(chosen)) for chosen in sets])
    return fit(values, supported, counts / counts.mean())


def main(data: Path) -> None:
    """Learn and write."""
    weights = learned(data)
    stored = {"signs": SIGNS, "centre": weights.centre, "scale": weights.scale, "weight": weights.weight}
    TARGET.write_text(json.dumps(stored | {"offset": weights.offset}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
