"""A clause that is a clause of the cited words, but denies what that says or says what that denies."""

from __future__ import annotations

from guardrails.verification.clauses import Likeness, likenesses
from guardrails.verification.comparison import Comparison

ALIKE = 0.8  # share of either clause's weight that the other holds


def check(comparison: Comparison) -> str | None:
    """Clauses of the same words, of the same cases, deny alike."""
    return "it denies what is said" if any(_sure(one) for one in likenesses(comparison)) else None


def _sure(one: Likeness) -> bool:
    return one.comparable and one.turned and min(one.held, one.holds) >= ALIKE
