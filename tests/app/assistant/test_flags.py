"""Which answers open a review case: by reason, by status, by sample."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.answering.types import Answer, AnswerStatus
from app.assistant.flags import flags_of
from app.cases.types import Trigger
from guardrails.types import Action, Finding, Reason, Severity, Stage
from knowledge_bases.schema import Language

REFUSED, HELD, HANDED_OFF = AnswerStatus.REFUSED, AnswerStatus.HELD, AnswerStatus.HANDED_OFF
OPENS = [
    (REFUSED, Reason.ADVICE, Trigger.REFUSAL, Severity.S3),
    (REFUSED, Reason.GUARANTEE, Trigger.REFUSAL, Severity.S3),
    (REFUSED, Reason.INJECTION, Trigger.REFUSAL, Severity.S2),
    (REFUSED, Reason.CREDENTIALS, Trigger.REFUSAL, Severity.S2),
    (REFUSED, Reason.OUT_OF_SCOPE, Trigger.REFUSAL, Severity.S4),
    (REFUSED, Reason.ACCOUNT_SPECIFIC, Trigger.REFUSAL, Severity.S4),
    (HANDED_OFF, Reason.HUMAN_WANTED, Trigger.HUMAN_WANTED, Severity.S3),
    (HANDED_OFF, Reason.FRAUD, Trigger.FRAUD, Severity.S1),
    (HANDED_OFF, Reason.DISTRESS, Trigger.VULNERABLE, Severity.S1),
    (HANDED_OFF, Reason.VULNERABLE, Trigger.VULNERABLE, Severity.S1),
    (REFUSED, Reason.CAPITAL_RULES, Trigger.COMPLIANCE, Severity.S2),
    (HANDED_OFF, Reason.COMPLAINT, Trigger.COMPLAINT, Severity.S2),
    (HELD, Reason.UNVERIFIED, Trigger.HELD, Severity.S3),
    (HELD, Reason.DISCLOSURE, Trigger.HELD, Severity.S2),
    (HELD, Reason.RAIL_FAILED, Trigger.RAIL_FAILURE, Severity.S2),
    (REFUSED, Reason.TOO_LONG, Trigger.REFUSAL, Severity.S4),
    (REFUSED, Reason.LANGUAGE, Trigger.REFUSAL, Severity.S4),
    (REFUSED, Reason.BUSY, Trigger.RAIL_FAILURE, Severity.S3),
    (HELD, Reason.JUDGED, Trigger.HELD, Severity.S2),
    (HELD, Reason.NOT_FOUND, Trigger.HELD, Severity.S2),
]


def an_answer(status: AnswerStatus, reason: Reason | None = None) -> Answer:
    return Answer("a-1", status, reason, Language.EN, "words", "words")


def never() -> bool:
    return False


@pytest.mark.parametrize(("status", "reason", "trigger", "severity"), OPENS)
def test_a_refused_held_or_handed_over_answer_opens_one_case(
    status: AnswerStatus, reason: Reason, trigger: Trigger, severity: Severity
) -> None:
    (flag,) = flags_of(an_answer(status, reason), "c-1", never)
    assert (flag.trigger, flag.severity, flag.conversation_id, flag.answer_id) == (trigger, severity, "c-1", "a-1")


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("status", [HELD, HANDED_OFF])
def test_whoever_waits_for_a_person_has_a_case_whatever_the_reason(status: AnswerStatus, reason: Reason) -> None:
    assert len(flags_of(an_answer(status, reason), "c-1", never)) == 1


def test_what_is_not_in_the_documents_opens_none() -> None:
    assert flags_of(an_answer(REFUSED, Reason.NOT_FOUND), "c-1", lambda: True) == ()


def seen(rule_id: str, reason: Reason, action: Action) -> Finding:
    return Finding(rule_id, Stage.INPUT, Severity.S2, action, reason)


def test_a_person_calls_whoever_lost_their_work_though_the_question_was_answered() -> None:
    findings = (seen("P16", Reason.HARDSHIP, Action.ALLOW),)
    (flag,) = flags_of(replace(an_answer(AnswerStatus.QUOTED), findings=findings), "c-1", never, findings)
    assert (flag.trigger, flag.severity) == (Trigger.VULNERABLE, Severity.S2)


def test_what_an_attack_says_is_no_complaint() -> None:
    findings = (
        seen("P15", Reason.COMPLAINT, Action.HAND_OFF),
        seen("P24", Reason.INJECTION, Action.REFUSE),
    )
    (flag,) = flags_of(replace(an_answer(REFUSED, Reason.INJECTION), findings=findings), "c-1", never, findings)
    assert flag.trigger is Trigger.REFUSAL


def test_a_greeting_opens_none_and_is_no_sample_of_quality() -> None:
    assert flags_of(an_answer(AnswerStatus.GREETED, Reason.GREETING), "c-1", lambda: True) == ()


@pytest.mark.parametrize("status", [AnswerStatus.QUOTED, AnswerStatus.ANSWERED])
def test_an_answer_given_opens_a_case_only_when_it_is_sampled(status: AnswerStatus) -> None:
    assert flags_of(an_answer(status), "c-1", never) == ()
    (flag,) = flags_of(an_answer(status), "c-1", lambda: True)
    assert (flag.trigger, flag.severity) == (Trigger.SAMPLE, Severity.S4)


def test_an_outage_of_a_rail_is_one_incident_and_each_wish_for_a_person_is_its_conversations() -> None:
    def incident(reason: Reason, status: AnswerStatus, conversation: str) -> str | None:
        return flags_of(an_answer(status, reason), conversation, never)[0].incident_key

    assert incident(Reason.RAIL_FAILED, HELD, "c-1") == incident(Reason.RAIL_FAILED, HELD, "c-2")
    assert incident(Reason.HUMAN_WANTED, HANDED_OFF, "c-1") == incident(Reason.FRAUD, HANDED_OFF, "c-1")
    assert incident(Reason.HUMAN_WANTED, HANDED_OFF, "c-1") != incident(Reason.HUMAN_WANTED, HANDED_OFF, "c-2")
    assert incident(Reason.ADVICE, REFUSED, "c-1") is None


def test_passages_with_orders_to_a_model_open_one_case_a_snapshot_even_when_answered() -> None:
    planted = Finding("H14", Stage.RETRIEVAL, Severity.S2, Action.REWRITE, Reason.PLANTED, passage=0)
    answer = replace(an_answer(AnswerStatus.QUOTED), findings=(planted, planted), snapshot="snap-1")
    (flag,) = flags_of(answer, "c-1", never)
    assert (flag.trigger, flag.severity, flag.incident_key) == (Trigger.PLANTED, Severity.S2, "planted:snap-1")
