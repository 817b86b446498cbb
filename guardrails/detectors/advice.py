"""A wish for a personal recommendation (P01). Questions about facts of the same products pass."""

from __future__ import annotations

from guardrails import conduct
from guardrails.normalise import normalise
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the customer asks what to do rather than what is."""
    span = conduct.first("P01", normalise(context.text))
    return (Finding("P01", STAGE, Severity.S3, Action.REFUSE, Reason.ADVICE, span),) if span else ()
