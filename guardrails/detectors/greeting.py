"""What asks nothing of the documents (H02): a greeting, thanks, the question who writes here, personal details alone;
each has its own words.

Only the whole message counts. What merely starts with a greeting is a question, and goes on to retrieval.
"""

from __future__ import annotations

from guardrails.courtesies import is_courtesy, thanks
from guardrails.only_details import only_details
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage
from guardrails.who_answers import asks_who_answers

STAGE = Stage.INPUT

# The first that the message is; all are rule H02, and have words of their own (H02M, H02T, H02P).
_KINDS = ((asks_who_answers, Reason.WHO_ANSWERS), (thanks, Reason.THANKS), (is_courtesy, Reason.GREETING))


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the message is nothing else. It blocks nothing: the pipeline replies instead of searching."""
    if only_details(context.text):  # rewritten: its details are masked, and this is what becomes of them
        return (Finding("H02", STAGE, Severity.S3, Action.REWRITE, Reason.ONLY_DETAILS),)
    reason = next((reason for is_one, reason in _KINDS if is_one(context.text)), None)
    return (Finding("H02", STAGE, Severity.S4, Action.ALLOW, reason),) if reason else ()
