"""Names of the sentence stand in the cited words."""

from __future__ import annotations

import re

from guardrails.quantities import CURRENCIES, units_named
from guardrails.verification.comparison import Comparison
from guardrails.verification.lexicon import TOKEN, stem

_INITIALS = re.compile(r"(?:\b[A-Z][a-z]+ (?:(?:and|of|for|the) )?){1,7}\b[A-Z][a-z]+")


def check(comparison: Comparison) -> str | None:
    """English words written as names, past the first of the sentence, are the evidence's; so are codes.

    Capitals may stand for a name in full, and a currency be called by its name or its code.
    """
    unknown = comparison.claim.proper - comparison.evidence.names
    if unknown - _initials(comparison.evidence.raw) - _currencies(comparison):
        return "a name is not in the cited words"
    return None


def _initials(text: str) -> set[str]:
    """The first letters of each name of several words, as a word."""
    return {stem("".join(re.findall("[A-Z]", found[0])).lower()) for found in _INITIALS.finditer(text)}


def _currencies(comparison: Comparison) -> set[str]:
    """The words of the currencies that both name."""
    both = units_named(comparison.claim.text) & units_named(comparison.evidence.text) & CURRENCIES
    if not both:
        return set()
    return {stem(word) for name in both for word in [*TOKEN.findall(_NAMES.get(name, "")), name.lower()]}


_NAMES = {
    "HKD": "hong kong dollar", "USD": "us united states dollar", "CNY": "renminbi yuan rmb", "AUD": "australian dollar",
    "CAD": "canadian dollar", "NZD": "new zealand dollar", "SGD": "singapore dollar", "JPY": "japanese yen",
    "CHF": "swiss franc",
}  # fmt: skip
