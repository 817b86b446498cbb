"""A complaint (P15): taken down under a number and handed to people. How complaints work is answered (D49)."""

from __future__ import annotations

from guardrails import conduct
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for a complaint; none where the customer only asks how to make one."""
    span = conduct.called_for("P15", context)
    return (Finding("P15", STAGE, Severity.S2, Action.HAND_OFF, Reason.COMPLAINT, span),) if span else ()
