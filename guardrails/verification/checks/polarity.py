"""A clause that is a clause of the cited words, but denies what that says or says what that denies."""

from __future__ import annotations

from guardrails.verification.clauses import Likeness, likenesses
from guardrails.verification.comparison import Comparison

OPPOSED = 0.6  # share of either clause's weight that the other holds, where they take sides of one thing
DENIED = 0.8  # where a bare negator stands in one alone


def check(comparison: Comparison) -> str | None:
    """Clauses of the same words, of the same cases, deny alike."""
    return "it denies what is said" if any(_sure(one) for one in likenesses(comparison)) else None


def _sure(one: Likeness) -> bool:
    if one.crossed:
        return one.alike >= DENIED
    return one.comparable and one.turned and one.alike >= (OPPOSED if one.opposed else DENIED)
