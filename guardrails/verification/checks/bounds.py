"""At least and at most, before and after: a figure is the same end of its range as in the cited words."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure

MOST = 40  # places that are compared


def check(comparison: Comparison) -> str | None:
    """A figure keeps its end and its order; an end that the cited words give may not go unsaid."""
    for figure in comparison.claim.figures:
        stated = _best(comparison, figure)
        if not stated:
            continue
        bounds = {s.bound for s in stated}
        if figure.bound and bounds and figure.bound not in bounds and "" not in bounds:
            return "at least and at most differ"
        if not figure.bound and all(s.bound and not s.loose for s in stated):
            return "a limit was dropped"
        orders = {s.order for s in stated}
        if figure.order and figure.order not in orders and "" not in orders:
            return "before and after differ"
    return None


def _best(comparison: Comparison, figure: Figure) -> list[Figure]:
    """The places of the same figure in the most similar surroundings."""
    same = [s for s in comparison.evidence.figures if s.states(figure)][:MOST]
    if len(same) < 2:
        return same
    alike = {id(s): comparison.likeness(figure.place, s.place) for s in same}
    best = max(alike.values())
    return [s for s in same if alike[id(s)] >= 0.9 * best]
