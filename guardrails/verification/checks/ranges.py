"""From this to that: the two ends of a range stand together in the cited words."""

from __future__ import annotations

from itertools import pairwise

from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure
from guardrails.verification.reading import Reading

APART = 2  # tokens from one end to the other, at most


def check(comparison: Comparison) -> str | None:
    """No range of the sentence has one end of a cited range and another end than that."""
    stated = _ranges(comparison.evidence)
    for low, high in _ranges(comparison.claim):
        ends = [(one.states(low), other.states(high)) for one, other in stated]
        if (True, True) not in ends and {(True, False), (False, True)} & set(ends):
            return "a range has another end"
    return None


def _ranges(reading: Reading) -> list[tuple[Figure, Figure]]:
    return [
        (one, other)
        for one, other in pairwise(reading.figures)
        if one.bound == "low" and other.bound == "high" and 0 < other.place.at - one.place.at <= APART
    ]
