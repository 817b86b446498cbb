"""P15: a complaint is taken down under a number that its customer reads, and never argued with."""

from __future__ import annotations

import pytest

from app.answering.references import reference_in
from app.answering.types import AnswerStatus
from app.assistant.replay import Replayer
from app.cases.types import CaseState, Trigger
from guardrails.types import Reason, Severity
from tests.app.small_bank import BANK, SmallBank

COMPLAINTS = [
    "I want to complain about your branch staff",
    "補張卡等六個禮拜，垃圾，要賠返我",
    "第三次多扣我钱了，这事必须给我记下来",
]


@pytest.mark.parametrize("complaint", COMPLAINTS)
async def test_a_complaint_opens_a_case_under_the_number_that_the_customer_reads(
    small_bank: SmallBank, complaint: str
) -> None:
    answer = await small_bank.ask(complaint)
    assert (answer.status, answer.reason) == (AnswerStatus.HANDED_OFF, Reason.COMPLAINT)
    assert answer.reference is not None
    assert answer.reference in answer.text
    (case,) = small_bank.cases()
    assert (case.trigger, case.severity, case.state) == (Trigger.COMPLAINT, Severity.S2, CaseState.OPEN)
    assert case.reference == answer.reference


@pytest.mark.parametrize("complaint", COMPLAINTS)
async def test_a_complaint_owes_where_else_it_can_go(small_bank: SmallBank, complaint: str) -> None:
    answer = await small_bank.ask(complaint)
    assert "D49" in {disclosure.rule_id for disclosure in answer.disclosures}


async def test_two_complaints_have_two_numbers(small_bank: SmallBank) -> None:
    first, second = await small_bank.ask(COMPLAINTS[0]), await small_bank.ask(COMPLAINTS[0])
    assert first.reference != second.reference
    assert {case.reference for case in small_bank.cases()} == {first.reference, second.reference}


async def test_a_complaint_is_replayed_under_its_number(small_bank: SmallBank) -> None:
    answer = await small_bank.ask(COMPLAINTS[0])
    platform = small_bank.platform
    replayed = await Replayer(small_bank.foundation, platform.knowledge, platform.parts).replay(
        small_bank.institution, answer.answer_id
    )
    assert replayed.differences == ()
    assert reference_in(answer.text) == answer.reference


@pytest.mark.parametrize("liable", ["liab", "our fault", "we were wrong", "compensate", "責任", "责任", "過失", "赔偿"])
async def test_taking_a_complaint_down_admits_no_liability(small_bank: SmallBank, liable: str) -> None:
    for complaint in COMPLAINTS:
        assert liable not in (await small_bank.ask(complaint)).lead


async def test_how_to_complain_is_a_question_and_not_a_complaint(small_bank: SmallBank) -> None:
    answer = await small_bank.ask("How do I make a complaint?")
    assert answer.reason is not Reason.COMPLAINT
    assert answer.reference is None
    assert small_bank.institution.id == BANK
