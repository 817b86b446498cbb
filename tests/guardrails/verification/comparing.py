"""What one check has against a sentence beside its evidence."""

from __future__ import annotations

from guardrails.verification.checks import checks
from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading


def against(check: str, evidence: str, sentence: str) -> bool:
    """Whether the check holds ``sentence``."""
    return checks()[check](Comparison(Reading(sentence), Reading(evidence))) is not None
