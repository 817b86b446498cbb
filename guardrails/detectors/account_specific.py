"""A question on the customer's own account, or an instruction (P12): for the authenticated channel, not for a chat."""

from __future__ import annotations

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where only someone who has proved who they are may be answered."""
    span = conduct.called_for("P12", context)
    return (Finding("P12", STAGE, Severity.S4, Action.REFUSE, Reason.ACCOUNT_SPECIFIC, span),) if span else ()
