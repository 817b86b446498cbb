"""What asks nothing of the documents (H02): a greeting, thanks, the question who writes here; each has its own words.

Only the whole message counts. What merely starts with a greeting is a question, and goes on to retrieval.
"""

from __future__ import annotations

from guardrails.courtesies import is_courtesy, thanks
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from guardrails.who_answers import asks_who_answers

STAGE = Stage.INPUT

# The first that the message is.
_KINDS = (
    ("H02M", asks_who_answers, Reason.WHO_ANSWERS),
    ("H02T", thanks, Reason.THANKS),
    ("H02", is_courtesy, Reason.GREETING),
)


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the message is nothing else. It blocks nothing: the pipeline replies instead of searching."""
    found = ((rule_id, reason) for rule_id, is_one, reason in _KINDS if is_one(context.text))
    return tuple(Finding(rule_id, STAGE, Severity.S4, Action.ALLOW, reason) for rule_id, reason in found)[:1]
