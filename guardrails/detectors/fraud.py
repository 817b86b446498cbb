"""A fraud in progress (P17): someone is steering the customer. Questions about fraud in general pass."""

from __future__ import annotations

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where someone seems to be steering the customer's money, or to be taking it."""
    span = conduct.called_for("P17", context)
    return (Finding("P17", STAGE, Severity.S1, Action.HAND_OFF, Reason.FRAUD, span),) if span else ()
