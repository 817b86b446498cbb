"""A retrieved passage that gives a model orders (P24): it is neither quoted nor given to a model."""

from __future__ import annotations

from guardrails.document_orders import order_in
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.RETRIEVAL


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding for each such passage, by its place; a context without passages is judged by its text.

    The rest of what was found may be answered from: the finding blocks the passage, not the answer.
    """
    passages = context.passages or (context.text,)
    places = (place for place, passage in enumerate(passages) if order_in(passage) is not None)
    return tuple(Finding("H14", STAGE, Severity.S2, Action.REWRITE, Reason.PLANTED, passage=place) for place in places)
