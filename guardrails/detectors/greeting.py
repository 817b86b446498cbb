"""A greeting or thanks and nothing else (H02): polite, asks nothing, and so has no answer in any document.

Only the whole message counts. What merely starts with a greeting is a question, and goes on to retrieval.
"""

from __future__ import annotations

from guardrails.courtesies import is_courtesy
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the message is courtesy alone. It blocks nothing: the pipeline replies instead of searching."""
    if not is_courtesy(context.text):
        return ()
    return (Finding("H02", STAGE, Severity.S4, Action.ALLOW, Reason.GREETING),)
