"""Of things that exclude each other, the sentence names one that the cited words name."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading

# Families of the lexicon of which people do not put one value for another; a month may well stand for a year's twelfth.
FAMILIES = frozenset(
    {"channel", "stay", "which_day", "place", "employment", "side", "card_kind", "account_kind", "direction", "cash"}
    | {"customer", "day_kind"}
)


def check(comparison: Comparison) -> str | None:
    """Where the cited words name values of a family, the sentence names no other."""
    said, stated = _values(comparison.claim), _values(comparison.evidence)
    families = {family for family, _ in stated}
    if any(family in families and (family, value) not in stated for family, value in said):
        return "it names another of its kind"
    return None


def _values(reading: Reading) -> set[tuple[str, str]]:
    return {(mark.sense.family, mark.value) for mark in reading.marks if mark.sense.family in FAMILIES}
