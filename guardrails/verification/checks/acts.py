"""Advice, promises, decisions, demands: acts of whoever speaks, which a sentence may report and never do of itself."""

from __future__ import annotations

import re
from functools import cache

from guardrails.verification.comparison import Comparison
from guardrails.verification.phrases import pattern_of, phrases


def check(comparison: Comparison) -> str | None:
    """An act of the sentence is one of the cited words too."""
    claim, evidence = comparison.claim.text, comparison.evidence.text
    for act, pattern in _acts().items():
        if pattern.search(claim) and not pattern.search(evidence):
            return f"it {act}, and the cited words do not"
    return None


@cache
def _acts() -> dict[str, re.Pattern[str]]:
    return {act: pattern_of(listed) for act, listed in phrases("acts.yaml").items()}
