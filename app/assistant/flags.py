"""Which answers a person looks at afterwards."""

from __future__ import annotations

from collections.abc import Callable

from app.answering.types import Answer, AnswerStatus
from app.cases.types import Flag, Trigger
from app.handover.service import human_incident
from guardrails.types import Reason, Severity

# What an answer's reason opens: trigger and severity.
_BY_REASON: dict[Reason, tuple[Trigger, Severity]] = {
    Reason.ADVICE: (Trigger.REFUSAL, Severity.S3),
    Reason.GUARANTEE: (Trigger.REFUSAL, Severity.S3),
    Reason.INJECTION: (Trigger.REFUSAL, Severity.S2),
    Reason.OUT_OF_SCOPE: (Trigger.REFUSAL, Severity.S4),
    Reason.ACCOUNT_SPECIFIC: (Trigger.REFUSAL, Severity.S4),
    Reason.CREDENTIALS: (Trigger.REFUSAL, Severity.S2),
    Reason.HUMAN_WANTED: (Trigger.HUMAN_WANTED, Severity.S3),
    Reason.FRAUD: (Trigger.HUMAN_WANTED, Severity.S1),
    Reason.VULNERABLE: (Trigger.HUMAN_WANTED, Severity.S1),
    Reason.COMPLAINT: (Trigger.COMPLAINT, Severity.S2),
    Reason.UNVERIFIED: (Trigger.HELD, Severity.S3),
    Reason.DISCLOSURE: (Trigger.HELD, Severity.S2),
    Reason.RAIL_FAILED: (Trigger.RAIL_FAILURE, Severity.S2),
    Reason.TOO_LONG: (Trigger.REFUSAL, Severity.S4),
    Reason.BUSY: (Trigger.RAIL_FAILURE, Severity.S3),
    Reason.LANGUAGE: (Trigger.REFUSAL, Severity.S4),
    Reason.JUDGED: (Trigger.HELD, Severity.S2),
}
# Whoever waits for a person has a case, whatever the reason.
_BY_STATUS: dict[AnswerStatus, tuple[Trigger, Severity]] = {
    AnswerStatus.HELD: (Trigger.HELD, Severity.S2),
    AnswerStatus.HANDED_OFF: (Trigger.HUMAN_WANTED, Severity.S2),
}


def flags_of(answer: Answer, conversation_id: str, sampled: Callable[[], bool]) -> tuple[Flag, ...]:
    """The flags that an answer raises: those of ``_flags``, one for each pair of figures that differ, and one where a
    passage that was found gives a model orders.

    However many ask about a pair or find such a passage of a snapshot, it has one open case, which counts them.
    """
    pairs = (f"figures-differ:{differing.pair}" for differing in answer.differing)
    differ = (Flag(Trigger.FIGURES_DIFFER, Severity.S2, conversation_id, answer.answer_id, pair) for pair in pairs)
    planted = any(finding.reason is Reason.PLANTED for finding in answer.findings)
    incident = f"planted:{answer.snapshot}"
    orders = [Flag(Trigger.PLANTED, Severity.S2, conversation_id, answer.answer_id, incident)] if planted else []
    return (*differ, *orders, *_flags(answer, conversation_id, sampled))


def _flags(answer: Answer, conversation_id: str, sampled: Callable[[], bool]) -> tuple[Flag, ...]:
    """What the answer's reason and status raise; an answer given is sampled for quality (HKMA HLP 12) when ``sampled``
    says so.

    All answers held by a failing rail make one incident, so that an outage opens one case and not a thousand; so do
    all wishes for a person in one conversation.
    """
    by_status = _BY_STATUS.get(answer.status)
    opened = by_status if answer.reason is None else _BY_REASON.get(answer.reason, by_status)
    if opened is not None:
        trigger, severity = opened
        incidents = {Trigger.RAIL_FAILURE: "rail-failure", Trigger.HUMAN_WANTED: human_incident(conversation_id)}
        return (Flag(trigger, severity, conversation_id, answer.answer_id, incidents.get(trigger)),)
    given = answer.status in (AnswerStatus.QUOTED, AnswerStatus.ANSWERED)
    if given and sampled():
        return (Flag(Trigger.SAMPLE, Severity.S4, conversation_id, answer.answer_id),)
    return ()
