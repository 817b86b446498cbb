"""What the rails do not take in closes with words a customer can use, a review case, and nothing stored unread."""

from __future__ import annotations

import pytest

from app.answering.types import AnswerStatus
from app.cases.types import Trigger
from guardrails.types import Reason
from tests.app.small_bank import SmallBank

FOREIGN = [
    "Quels sont les frais de la carte ?",
    "カードの年会費はいくらですか",
    "ค่าธรรมเนียมบัตรเท่าไหร่",
    "Magkano po ang bayad?",
]


@pytest.mark.parametrize("text", FOREIGN)
async def test_another_language_is_answered_in_all_three_with_the_way_to_a_person(
    small_bank: SmallBank, text: str
) -> None:
    answer = await small_bank.ask(text)
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.LANGUAGE)
    assert all(words in answer.text for words in ("English and Chinese only", "中文及英文", "中文和英文"))
    assert [case.trigger for case in small_bank.cases()] == [Trigger.REFUSAL]


async def test_a_megabyte_is_refused_and_none_of_it_is_stored(small_bank: SmallBank) -> None:
    answer = await small_bank.ask("A123456(3) " * 100_000)
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.TOO_LONG)
    assert "longer than I can read" in answer.text
    assert small_bank.evidence(answer.answer_id).question == "[WITHHELD]"
    assert [case.trigger for case in small_bank.cases()] == [Trigger.REFUSAL]
