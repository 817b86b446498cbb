"""Two numbers of a sentence that would each fit the other's place better were exchanged."""

from __future__ import annotations

from itertools import combinations

from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure

CLEARER = 1.15  # times as alike, exchanged
FIGURES, MOST = 8, 8  # of a sentence, and places of the evidence, that are compared


def check(comparison: Comparison) -> str | None:
    """Of two figures of a kind, each stands where it is stated."""
    return "two numbers are exchanged" if fits_exchanged(comparison) > CLEARER else None


def fits_exchanged(comparison: Comparison) -> float:
    """How many times better the worst-placed two figures of a kind would fit each other's place; 0.0 without two."""
    figures = [figure for figure in comparison.claim.figures[:FIGURES] if figure.unit]
    pairs = ((a, b) for a, b in combinations(figures, 2) if a.kind == b.kind and a.value != b.value)
    return max((_better(comparison, one, other) for one, other in pairs), default=0.0)


def _better(comparison: Comparison, one: Figure, other: Figure) -> float:
    places = [[s for s in comparison.evidence.figures if s.states(f)][:MOST] for f in (one, other)]
    if not all(places):
        return 0.0
    straight = _alike(comparison, one, places[0]) + _alike(comparison, other, places[1])
    crossed = _alike(comparison, one, places[1]) + _alike(comparison, other, places[0])
    return crossed / straight if straight else 0.0


def _alike(comparison: Comparison, figure: Figure, places: list[Figure]) -> float:
    return max(comparison.likeness(figure.place, place.place) for place in places)
