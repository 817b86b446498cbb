"""What a customer tells a person who has the conversation: the assistant is silent, but staff hear what can't wait."""

from __future__ import annotations

import pytest

from app.answering.language import detect_language
from app.assistant.flags import alarms_of
from app.assistant.ports import Role
from app.cases.service import CaseService
from app.cases.types import Case, Trigger
from guardrails.types import Action, Finding, Reason, Severity, Stage
from knowledge_bases.schema import Language
from tests.app.assistant.test_service import HKID, opened, said
from tests.app.small_bank import BANK, SmallBank

FRAUDS = {
    Language.EN: "Someone claiming to be the police told me to transfer all my savings to a safe account today",
    Language.ZH_HANT: "有人自稱係警察，叫我即刻將所有積蓄轉去安全戶口",
    Language.ZH_HANS: "有人自称公安，要我马上把所有存款转到安全账户",
}


async def handed_over(bank: SmallBank) -> str:
    conversation = opened(bank)
    bank.platform.assistant.want_human(BANK, conversation, Language.EN)
    return conversation


async def told(bank: SmallBank, words: str, conversation: str) -> object:
    from app.answering.types import Question

    return await bank.platform.assistant.ask(Question(BANK, words, conversation_id=conversation))


def notices(bank: SmallBank, conversation: str) -> int:
    """How often the customer read something after the place in the queue."""
    return sum(role is Role.NOTICE for role, _ in said(bank, conversation)) - 1


def alarms(bank: SmallBank) -> tuple[Case, ...]:
    with bank.foundation.database.read() as session:
        return CaseService(session, BANK, bank.foundation.ledger).alarms()


@pytest.mark.parametrize("language", list(Language))
async def test_a_fraud_raises_an_alarm_and_the_customer_reads_at_once_what_to_do(
    small_bank: SmallBank, language: Language
) -> None:
    conversation = await handed_over(small_bank)
    before = said(small_bank, conversation)
    assert await told(small_bank, FRAUDS[language], conversation) is None
    (alarm,) = alarms(small_bank)
    assert (alarm.trigger, alarm.severity, alarm.conversation_id) == (Trigger.FRAUD, Severity.S1, conversation)
    assert alarm.is_alarm
    (_, words), (role, told_back) = said(small_bank, conversation)[len(before) :]
    assert (words, role) == (FRAUDS[language], Role.NOTICE)
    assert "18222" in told_back
    assert detect_language(told_back, Language.EN) is language
    assert small_bank.is_whole()


async def test_the_case_of_the_person_is_as_urgent_from_then_on(small_bank: SmallBank) -> None:
    conversation = await handed_over(small_bank)
    (case,) = small_bank.cases()
    assert (case.trigger, case.severity) == (Trigger.HUMAN_WANTED, Severity.S3)
    await told(small_bank, FRAUDS[Language.EN], conversation)
    assert {each.severity for each in small_bank.cases()} == {Severity.S1}
    assert {each.trigger for each in small_bank.cases()} == {Trigger.FRAUD, Trigger.HUMAN_WANTED}


async def test_told_again_it_is_the_same_alarm_and_dealt_with_it_is_over(small_bank: SmallBank) -> None:
    conversation = await handed_over(small_bank)
    for _ in range(2):
        await told(small_bank, FRAUDS[Language.EN], conversation)
    (alarm,) = alarms(small_bank)
    assert alarm.occurrences == 2
    assert notices(small_bank, conversation) == 1, "said once while the alarm is open"
    with small_bank.foundation.database.write() as session:
        cases = CaseService(session, BANK, small_bank.foundation.ledger)
        proposal = cases.propose_closing(alarm.id, "hugo", approves=True).id
        cases.approve(alarm.id, "rita", proposal=proposal)
    assert alarms(small_bank) == ()
    await told(small_bank, FRAUDS[Language.EN], conversation)
    assert len(alarms(small_bank)) == 1
    assert notices(small_bank, conversation) == 2


async def test_a_life_in_danger_is_heard_too(small_bank: SmallBank) -> None:
    conversation = await handed_over(small_bank)
    await told(small_bank, "I owe so much that I want to kill myself", conversation)
    assert [alarm.trigger for alarm in alarms(small_bank)] == [Trigger.VULNERABLE]
    role, words = said(small_bank, conversation)[-1]
    assert role is Role.NOTICE
    assert "2896 0000" in words


async def test_what_can_wait_raises_nothing_and_is_masked_as_ever(small_bank: SmallBank) -> None:
    conversation = await handed_over(small_bank)
    for words in ("Thank you, I wait.", f"My HKID is {HKID}", "Which fund should I buy?"):
        await told(small_bank, words, conversation)
    assert alarms(small_bank) == ()
    assert notices(small_bank, conversation) == 0
    assert not any(HKID in words for _, words in said(small_bank, conversation))


async def test_without_a_person_the_assistant_answers_a_fraud_itself(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    answer = await small_bank.ask(FRAUDS[Language.EN], conversation)
    assert answer.reason is Reason.FRAUD
    assert alarms(small_bank) == ()


def test_only_what_is_most_severe_is_an_alarm() -> None:
    raised = {
        reason
        for reason in Reason
        if alarms_of([Finding("P00", Stage.INPUT, Severity.S4, Action.REFUSE, reason)], "conversation")
    }
    assert raised == {Reason.FRAUD, Reason.DISTRESS, Reason.VULNERABLE}


@pytest.mark.parametrize(
    "words",
    ["I want to complain about your branch staff", "我要投訴，我嘅OTP係 482913", "我要投诉你们的客服态度很差"],
)
async def test_a_complaint_is_taken_down_once_with_a_number_that_its_customer_reads(
    small_bank: SmallBank, words: str
) -> None:
    conversation = await handed_over(small_bank)
    for _ in range(2):
        await told(small_bank, words, conversation)
    (case,) = [case for case in small_bank.cases() if case.trigger is Trigger.COMPLAINT]
    assert case.due_at is not None
    assert case.reference is not None
    assert sum(case.reference in text for _, text in said(small_bank, conversation)) == 1
