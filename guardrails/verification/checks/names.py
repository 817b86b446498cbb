"""Names of the sentence stand in the cited words."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison


def check(comparison: Comparison) -> str | None:
    """English words written as names, past the first of the sentence, are the evidence's; so are codes."""
    if any(name not in comparison.evidence.names for name in comparison.claim.proper):
        return "a name is not in the cited words"
    return None
