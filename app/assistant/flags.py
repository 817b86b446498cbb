"""Which answers a person looks at afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.answering.types import Answer, AnswerStatus
from app.cases.types import ALARM_KEY, COMPLAINT_KEY, Flag, Trigger
from app.handover.register import human_incident
from guardrails.types import Finding, Reason, Severity

# What an answer's reason opens: trigger and severity.
_BY_REASON: dict[Reason, tuple[Trigger, Severity]] = {
    Reason.ADVICE: (Trigger.REFUSAL, Severity.S3),
    Reason.GUARANTEE: (Trigger.REFUSAL, Severity.S3),
    Reason.APPROVAL: (Trigger.REFUSAL, Severity.S4),
    Reason.CLAIM: (Trigger.REFUSAL, Severity.S4),
    Reason.COMPARISON: (Trigger.REFUSAL, Severity.S4),
    Reason.LINK: (Trigger.REFUSAL, Severity.S4),
    Reason.ABROAD: (Trigger.REFUSAL, Severity.S4),
    Reason.CAPITAL_RULES: (Trigger.COMPLIANCE, Severity.S2),
    Reason.PROFESSIONAL: (Trigger.REFUSAL, Severity.S4),
    Reason.NOT_OFFERED: (Trigger.REFUSAL, Severity.S4),
    Reason.NOT_DISCUSSED: (Trigger.REFUSAL, Severity.S3),
    Reason.ENDORSEMENT: (Trigger.REFUSAL, Severity.S4),
    Reason.INJECTION: (Trigger.REFUSAL, Severity.S2),
    Reason.HARMFUL: (Trigger.REFUSAL, Severity.S2),
    Reason.ABUSE: (Trigger.ABUSE, Severity.S3),
    Reason.FLOODING: (Trigger.REFUSAL, Severity.S4),
    Reason.OUT_OF_SCOPE: (Trigger.REFUSAL, Severity.S4),
    Reason.ACCOUNT_SPECIFIC: (Trigger.REFUSAL, Severity.S4),
    Reason.CREDENTIALS: (Trigger.REFUSAL, Severity.S2),
    Reason.HUMAN_WANTED: (Trigger.HUMAN_WANTED, Severity.S3),
    Reason.FRAUD: (Trigger.FRAUD, Severity.S1),
    Reason.DISTRESS: (Trigger.VULNERABLE, Severity.S1),
    Reason.VULNERABLE: (Trigger.VULNERABLE, Severity.S1),
    Reason.COMPLAINT: (Trigger.COMPLAINT, Severity.S2),
    Reason.UNVERIFIED: (Trigger.HELD, Severity.S3),
    Reason.DISCLOSURE: (Trigger.HELD, Severity.S2),
    Reason.STAFF_ONLY: (Trigger.HUMAN_WANTED, Severity.S2),
    Reason.TOPIC_STAFF: (Trigger.HUMAN_WANTED, Severity.S2),
    Reason.TOPIC_SUSPENDED: (Trigger.REFUSAL, Severity.S3),
    Reason.LANGUAGE_SUSPENDED: (Trigger.REFUSAL, Severity.S4),
    Reason.AWAITING_RELEASE: (Trigger.RELEASE, Severity.S2),
    Reason.RAIL_FAILED: (Trigger.RAIL_FAILURE, Severity.S2),
    Reason.TOO_LONG: (Trigger.REFUSAL, Severity.S4),
    Reason.BUSY: (Trigger.RAIL_FAILURE, Severity.S3),
    Reason.LANGUAGE: (Trigger.REFUSAL, Severity.S4),
    Reason.JUDGED: (Trigger.HELD, Severity.S2),
}
_AWAITED = (Trigger.HUMAN_WANTED, Trigger.FRAUD, Trigger.VULNERABLE)  # one case a conversation: a person is awaited
_IN_DIFFICULTY = (Reason.VULNERABLE, Reason.DISTRESS)
# What a switch refuses is one incident: it opens one case, which counts, and not one a question.
_SWITCHED = {
    Reason.TOPIC_SUSPENDED: "topic-suspended",
    Reason.LANGUAGE_SUSPENDED: "language-suspended",
}
# Whoever waits for a person has a case, whatever the reason.
_BY_STATUS: dict[AnswerStatus, tuple[Trigger, Severity]] = {
    AnswerStatus.HELD: (Trigger.HELD, Severity.S2),
    AnswerStatus.HANDED_OFF: (Trigger.HUMAN_WANTED, Severity.S2),
}


def flags_of(
    answer: Answer, conversation_id: str, sampled: Callable[[], bool], findings: Iterable[Finding] = ()
) -> tuple[Flag, ...]:
    """The flags that an answer raises: those of ``_flags``, one for each pair of figures that differ, one where a
    passage that was found gives a model orders, and those that ``findings`` (as the rails made them) raise.

    However many ask about a pair or find such a passage of a snapshot, it has one open case, which counts them.
    """
    pairs = (f"figures-differ:{differing.pair}" for differing in answer.differing)
    differ = (Flag(Trigger.FIGURES_DIFFER, Severity.S2, conversation_id, answer.answer_id, pair) for pair in pairs)
    planted = any(finding.reason is Reason.PLANTED for finding in answer.findings)
    incident = f"planted:{answer.snapshot}"
    orders = [Flag(Trigger.PLANTED, Severity.S2, conversation_id, answer.answer_id, incident)] if planted else []
    found = {finding.rule_id for finding in findings}
    said = (*_slurs(answer, conversation_id), *_flags(answer, conversation_id, sampled, found))
    return (*differ, *orders, *said, *_beside(answer, conversation_id, found))


def alarms_of(findings: Iterable[Finding], conversation_id: str) -> tuple[Flag, ...]:
    """What a person who has the conversation must hear at once, one open case a conversation and trigger: a fraud told
    (P17), or that somebody may be in danger. What else is said is theirs to answer."""
    reasons = dict.fromkeys(finding.reason for finding in findings if finding.reason in _BY_REASON)
    urgent = {_BY_REASON[reason] for reason in reasons if reason and _BY_REASON[reason][1] is Severity.S1}
    return tuple(
        Flag(trigger, severity, conversation_id, incident_key=f"{ALARM_KEY}{trigger.value}:{conversation_id}")
        for trigger, severity in sorted(urgent)
    )


def _slurs(answer: Answer, conversation_id: str) -> tuple[Flag, ...]:
    """One case a conversation for slurs in questions that were answered all the same."""
    noted = answer.reason is not Reason.ABUSE and any(finding.detail == "SLUR" for finding in answer.findings)
    incident = f"abuse:{conversation_id}"
    return (Flag(Trigger.ABUSE, Severity.S3, conversation_id, answer.answer_id, incident),) if noted else ()


def _flags(answer: Answer, conversation_id: str, sampled: Callable[[], bool], found: set[str]) -> tuple[Flag, ...]:
    """What the answer's reason and status raise; an answer given is sampled for quality (HKMA HLP 12) when ``sampled``
    says so.

    All answers held by a failing rail make one incident, so that an outage opens one case and not a thousand; so do
    all wishes for a person in one conversation.
    """
    by_status = _BY_STATUS.get(answer.status)
    opened = by_status if answer.reason is None else _BY_REASON.get(answer.reason, by_status)
    if opened is not None and not _confided(answer, found):
        trigger, severity = opened
        incident = _SWITCHED.get(answer.reason) if answer.reason else None
        incident = incident or _incident(answer, trigger, conversation_id)
        return (Flag(trigger, severity, conversation_id, answer.answer_id, incident),)
    given = answer.status in (AnswerStatus.QUOTED, AnswerStatus.ANSWERED)
    if given and sampled():
        return (Flag(Trigger.SAMPLE, Severity.S4, conversation_id, answer.answer_id),)
    return ()


def _confided(answer: Answer, found: set[str]) -> bool:
    """Whether compliance has the case alone (P18)."""
    return answer.reason is Reason.NOT_DISCUSSED and "P18" in found


def _incident(answer: Answer, trigger: Trigger, conversation_id: str) -> str | None:
    if trigger in _AWAITED:
        return human_incident(conversation_id)
    if trigger is Trigger.COMPLAINT and answer.reference:
        return COMPLAINT_KEY + answer.reference
    return "rail-failure" if trigger is Trigger.RAIL_FAILURE else None


def _beside(answer: Answer, conversation_id: str, found: set[str]) -> Iterator[Flag]:
    """A suspicion is compliance's to know, and a complaint is one, also in a message that was about more than that; a
    person calls whoever lost their work, though the question was answered. What an attack says is no complaint: the
    reviewer of its own case reads it.
    """
    if "P18" in found:
        incident = f"compliance:{conversation_id}"
        yield Flag(Trigger.COMPLIANCE, Severity.S2, conversation_id, answer.answer_id, incident)
    if any(finding.reason is Reason.HARDSHIP for finding in answer.findings) and answer.reason not in _IN_DIFFICULTY:
        incident = human_incident(conversation_id)
        yield Flag(Trigger.VULNERABLE, Severity.S2, conversation_id, answer.answer_id, incident)
    if "P15" in found and answer.reason not in (Reason.COMPLAINT, Reason.INJECTION):
        yield Flag(Trigger.COMPLAINT, Severity.S2, conversation_id, answer.answer_id)
