"""Attempts to steer the assistant that are told by what they mean (P24), where no single word gives them away.

Two judges that learned apart: the reader of intents and the model of attacks. Where the first is sure it is enough;
where it is not, the second has to lean to the same.
"""

from __future__ import annotations

from guardrails.attacks.judge import leans_to_attack
from guardrails.intents import STEERS, STEERS_SURELY
from guardrails.only_details import only_details
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the message means to give the assistant orders. None of whose words are left gives any."""
    if only_details(context.text):
        return ()
    sure, likely = (label in context.intents for label in (STEERS_SURELY, STEERS))
    if sure or (likely and leans_to_attack(context.text)):
        return (Finding("P24", STAGE, Severity.S2, Action.REFUSE, Reason.INJECTION),)
    return ()
