"""A customer in difficulty (P16): distress, bereavement, debt, illness, age. A person should answer, and nothing be sold."""

from __future__ import annotations

from guardrails import conduct
from guardrails.normalise import normalise
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT

# Where a life may be in danger the customer reads whom to call (P16D); both are rule P16.
_KINDS = (("P16D", Severity.S1, Reason.DISTRESS), ("P16", Severity.S2, Reason.VULNERABLE))


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for distress (S1), else one for difficulty (S2).

    Who is out of work and asks what may be done is answered as well; the way to a person comes first.
    """
    for lexicon, severity, reason in _KINDS:
        span = conduct.called_for(lexicon, context)
        if span:
            asks = reason is Reason.VULNERABLE and _asks_on(context.text)
            how = (Action.ALLOW, Reason.HARDSHIP) if asks else (Action.HAND_OFF, reason)
            return (Finding("P16", STAGE, severity, *how, span),)
    return ()


def _asks_on(text: str) -> bool:
    """Whether work was lost, nothing worse is told, and a question follows (P16A, P16N)."""
    normal = normalise(text)
    return bool(conduct.first("P16A", normal)) and not conduct.first("P16N", normal)
