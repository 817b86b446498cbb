"""What no customer asks: pages of text, one thing over and over, the same message again and again (H05)."""

from __future__ import annotations

import zlib

from guardrails.types import Action, Finding, RailContext, Reason, Severity, Stage

STAGE = Stage.INPUT
LONGEST_QUESTION = 2000  # characters; customers' questions in the public sets stay below 450
SAME_AGAIN = 3  # times in the turns before
REPETITIVE = 0.12  # of its size, in bytes, a long text shrinks to; prose stays above a quarter
LONG = 400  # bytes from which the shrinking tells something


def detect(context: RailContext) -> tuple[Finding, ...]:
    """One finding where the message is too long or says one thing over and over, or was sent before, several times."""
    if len(context.text) > LONGEST_QUESTION:
        return _found("TOO_LONG")
    if _is_repetitive(context.text):
        return _found("REPETITIVE")
    said = context.text.strip()
    return _found("SAME_AGAIN") if sum(turn.strip() == said for turn in context.history) >= SAME_AGAIN else ()


def _is_repetitive(text: str) -> bool:
    raw = text.encode("utf-8", errors="replace")
    return len(raw) >= LONG and len(zlib.compress(raw, 1)) <= REPETITIVE * len(raw)


def _found(detail: str) -> tuple[Finding, ...]:
    return (Finding("H05", STAGE, Severity.S3, Action.REFUSE, Reason.FLOODING, detail=detail),)
