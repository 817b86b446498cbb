"""Wishes for help with harm: weapons, crime, deceit, hate (H03). Who fears or reports harm is no such wish."""

from __future__ import annotations

from guardrails.attacks.harm import names_harm
from guardrails.attacks.judge import judge
from guardrails.normalise import normalise
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where help with harm is asked for."""
    if judge(context.text, context.history).harm or names_harm(normalise(context.text).text):
        return (Finding("H03", STAGE, Severity.S2, Action.REFUSE, Reason.HARMFUL),)
    return ()
