"""How far a sentence rests on its evidence."""

from __future__ import annotations

from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading, read


def covered(comparison: Comparison) -> float:
    """Share in [0, 1] of the claim's features that occur in the evidence; 1.0 for a claim without any."""
    wanted = comparison.claim.names
    return len(wanted & comparison.evidence.names) / len(wanted) if wanted else 1.0


def groundedness(text: str, evidence: str) -> float:
    """Share in [0, 1]."""
    return covered(Comparison(Reading(text), read(evidence)))
