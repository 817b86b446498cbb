"""Every number, amount, percentage, span, date and time of the sentence stands in the cited words (promise 3)."""

from __future__ import annotations

from guardrails.quantities import CURRENCIES, units_named
from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure


def check(comparison: Comparison) -> str | None:
    """A figure is stated with its unit; a bare number of a table takes a unit that its header names."""
    stated = comparison.evidence.figures
    named = units_named(comparison.evidence.text)
    currencies = named & CURRENCIES
    if currencies and units_named(comparison.claim.text) & CURRENCIES - currencies:
        return "a currency is not in the cited words"
    missing = [f for f in comparison.claim.figures if not any(s.states(f) for s in stated)]
    if not missing:
        return None
    if any(not _in_table(figure, stated, named) for figure in missing):
        return "a number is not in the cited words"
    return None


def _in_table(figure: Figure, stated: list[Figure], named: frozenset[str]) -> bool:
    return figure.unit in named and any(not s.unit and s.value == figure.value for s in stated)
