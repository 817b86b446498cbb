"""How far a sentence rests on its evidence."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading, read


def covered(comparison: Comparison) -> float:
    """Share in [0, 1] of the claim's features and figures that the evidence has; 1.0 for a claim without any.

    A pair of Chinese characters that the evidence has apart counts half.
    """
    claim, evidence = comparison.claim, comparison.evidence
    wanted = len(claim.names) + len(claim.figures)
    if not wanted:
        return 1.0
    found = len(claim.names & evidence.names) + sum(any(s.states(f) for s in evidence.figures) for f in claim.figures)
    apart = sum(not name.isascii() and all(c in evidence.text for c in name) for name in claim.names - evidence.names)
    return (found + apart / 2) / wanted


def groundedness(text: str, evidence: str) -> float:
    """Share in [0, 1]."""
    return covered(Comparison(Reading(text), read(evidence)))
