"""A wish for a promise of profit, or for a prediction (P03). A product's own guarantee may be asked about."""

from __future__ import annotations

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where a promise or a prediction is asked for."""
    span = conduct.called_for("P03", context)
    return (Finding("P03", STAGE, Severity.S3, Action.REFUSE, Reason.GUARANTEE, span),) if span else ()
