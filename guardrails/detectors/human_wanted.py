"""A wish for a person (P14): obeyed at once, in every language."""

from __future__ import annotations

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from guardrails.who_answers import asks_who_answers

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the customer asks for a person; none where they ask whether they have one."""
    span = None if asks_who_answers(context.text) else conduct.called_for("P14", context)
    return (Finding("P14", STAGE, Severity.S4, Action.HAND_OFF, Reason.HUMAN_WANTED, span),) if span else ()
