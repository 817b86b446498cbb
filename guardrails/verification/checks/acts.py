"""Advice, promises, decisions, demands: acts of whoever speaks, which a sentence may report and never do of itself."""

from __future__ import annotations

import re
from functools import cache

from guardrails.verification.comparison import Comparison
from guardrails.verification.phrases import pattern_of, phrases

OTHER = "other"
_DENIED = re.compile(r"(?:不|没|无|未|非|冇|唔|否|\b(?:not?|never|cannot|neither|nor|without)\b)[^,。;.!?\n|]{0,24}$")


def check(comparison: Comparison) -> str | None:
    """An act of the sentence is one of the cited words too."""
    claim, evidence = (_acts()[OTHER].sub(" ", reading.text) for reading in (comparison.claim, comparison.evidence))
    if any(_done(act, claim) and not _done(act, evidence) for name, act in _acts().items() if name != OTHER):
        return "it does more than say what is so"
    return None


def _done(act: re.Pattern[str], text: str) -> bool:
    return any(not _DENIED.search(text, max(0, found.start() - 24), found.start()) for found in act.finditer(text))


@cache
def _acts() -> dict[str, re.Pattern[str]]:
    return {act: pattern_of(listed) for act, listed in phrases("acts.yaml").items()}
