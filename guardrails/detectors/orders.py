"""An answer that would carry orders to a model (P24): a quote of a passage that nobody screened, or a model's own."""

from __future__ import annotations

from guardrails.document_orders import order_in
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.OUTPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where a sentence of the answer gives orders; statements of the rulebook are not looked at."""
    if not any(order_in(claim.text) for claim in context.claims):
        return ()
    return (Finding("H14", STAGE, Severity.S2, Action.HOLD, Reason.PLANTED),)
