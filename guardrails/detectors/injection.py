"""Attempts to steer the assistant instead of asking it (P24): in plain words, disguised, encoded or over several turns."""

from __future__ import annotations

from guardrails.attacks.judge import judge
from guardrails.detectors import credentials
from guardrails.masking import mask
from guardrails.told_secrets import KEY
from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT
READS_RAW = True  # a masked code can't be read: half of one in bits looks like a card number


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where a reading of the text, or the latest turns together, give the assistant orders.

    A pasted key of a program looks like words in disguise; it is masked whole, so nobody will read it for any.
    """
    keys = (finding for finding in credentials.detect(context) if finding.detail == KEY)
    if judge(mask(context.text, keys), context.history).attack:
        return (Finding("P24", STAGE, Severity.S2, Action.REFUSE, Reason.INJECTION),)
    return ()
