"""A wish for a personal recommendation (P01). Questions about facts of the same products pass."""

from __future__ import annotations

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the customer asks what to do rather than what is."""
    span = conduct.called_for("P01", context)
    return (Finding("P01", STAGE, Severity.S3, Action.REFUSE, Reason.ADVICE, span),) if span else ()
