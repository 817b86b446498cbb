"""Wishes for help with harm: weapons, crime, deceit, hate (H03). Who fears or reports harm is no such wish."""

from __future__ import annotations

from guardrails import conduct
from guardrails.attacks.harm import names_harm
from guardrails.attacks.judge import judge
from guardrails.normalise import normalise
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where help with harm is asked for."""
    text = normalise(context.text)
    named = names_harm(text.text) or conduct.first("H03", text) is not None
    if named or judge(context.text, context.history).harm:
        return (Finding("H03", STAGE, Severity.S2, Action.REFUSE, Reason.HARMFUL),)
    return ()
