"""A customer in difficulty (P16): distress, bereavement, debt, illness, age. A person should answer, and nothing be sold."""

from __future__ import annotations

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

# Where a life may be in danger the customer reads whom to call (P16D); both are rule P16.
_KINDS = (("P16D", Severity.S1, Reason.DISTRESS), ("P16", Severity.S2, Reason.VULNERABLE))


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for distress (S1), else one for difficulty (S2)."""
    for lexicon, severity, reason in _KINDS:
        span = conduct.called_for(lexicon, context)
        if span:
            return (Finding("P16", STAGE, severity, Action.HAND_OFF, reason, span),)
    return ()
