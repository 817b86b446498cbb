"""Every number, amount, percentage, span, date and time of the sentence stands in the cited words (promise 3)."""

from __future__ import annotations

import re

from guardrails.quantities import CURRENCIES, MONEY, units_named
from guardrails.verification.comparison import Comparison
from guardrails.verification.figures import Figure

PERIODS = frozenset({"day", "week", "month", "quarter", "year"})
SMALL = 3
SPANS = {(3, "month"): "quarter", (6, "month"): "half_year", (12, "month"): "year", (2, "week"): "fortnight"}
_EVERY = re.compile(r"(?:\b(?:every|each) |每)(\d+)")
HEADERS = {  # what a table's header calls a bare number of its cells
    "day": re.compile(r"[(（]日[)）]|\bdays?\b"),
    "month": re.compile(r"[(（]月[)）]|\bmonths?\b|月数"),
    "year": re.compile(r"[(（][年岁][)）]|\b(?:years?|age)\b|年龄|岁数"),
    "percent": re.compile("%|百分|percentage"),
}
HOME = frozenset({"HKD", MONEY})  # what a table of prices is in that names no currency


def check(comparison: Comparison) -> str | None:
    """A figure is stated with its unit; a bare number of a table takes a unit that its header names."""
    stated = comparison.evidence.figures
    named = units_named(comparison.evidence.text)
    currencies = named & CURRENCIES
    if currencies and units_named(comparison.claim.text) & CURRENCIES - currencies:
        return "a currency is not in the cited words"
    missing = [f for f in comparison.claim.figures if not (any(s.states(f) for s in stated) or _each(f, comparison))]
    if not missing:
        return None
    named |= HOME | frozenset(unit for unit, header in HEADERS.items() if header.search(comparison.evidence.text))
    if any(not _counts(figure, comparison) and not _in_table(figure, stated, named) for figure in missing):
        return "a number is not in the cited words"
    return None


def _counts(figure: Figure, comparison: Comparison) -> bool:
    """Whether it counts what is listed, and nothing of which the cited words have another number."""
    noun = comparison.claim.counted(figure)
    others = (s for s in comparison.evidence.figures if not s.unit and s.said != figure.said)
    return counted(figure) and not (noun and any(comparison.evidence.counted(s) == noun for s in others))


def counted(figure: Figure) -> bool:
    """Whether it may count what the cited words list one by one: either of two ways, the second of three."""
    return not figure.unit and 0 < figure.value <= SMALL


def _each(figure: Figure, comparison: Comparison) -> bool:
    """Whether it says how often, as the cited words do: 一年 for 每年, every three months for each quarter."""
    period = figure.unit if figure.said == 1 and figure.unit in PERIODS else ""
    if f"{figure.said}" in _EVERY.findall(comparison.claim.text):
        period = SPANS.get((int(figure.said), figure.unit), period)
    return any(m.sense.family == "period" and m.value == period for m in comparison.evidence.marks)


def _in_table(figure: Figure, stated: list[Figure], named: frozenset[str]) -> bool:
    return figure.unit in named and any(not s.unit and s.said == figure.said for s in stated)
