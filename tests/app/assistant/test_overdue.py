"""Whoever waits too long for a held answer is told so once, and their case goes to the top."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.answering.types import AnswerStatus
from app.assistant import overdue
from app.assistant.overdue import tell_overdue
from app.assistant.releasing import Releasing
from app.assistant.replay import Replayer
from app.cases.service import CaseService
from app.chat.staff_replies import is_awaited, is_told
from app.conversations.service import ConversationService
from app.db.columns import now_utc
from guardrails.types import Reason, Severity
from knowledge_bases.schema import Language
from tests.app.assistant.test_releasing import CARDS, decide, held, rule, said, waiting
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL, SmallBank


@pytest.fixture
def bank(small_bank: SmallBank) -> SmallBank:
    """A bank that holds answers about cards."""
    rule(small_bank, CARDS)
    return small_bank


def later(bank: SmallBank, monkeypatch: pytest.MonkeyPatch, minutes: int, institution: str = BANK) -> int:
    """How many are told, ``minutes`` from now."""
    with monkeypatch.context() as clock:
        clock.setattr(overdue, "now_utc", lambda: now_utc() + timedelta(minutes=minutes))
        return tell_overdue(bank.foundation, institution)


@pytest.mark.parametrize(
    ("language", "words"),
    [(Language.EN, "taking longer"), (Language.ZH_HANT, "需時較預期長"), (Language.ZH_HANS, "所需时间较预期长")],
)
async def test_the_customer_is_told_once_for_which_question_and_how_to_be_called(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch, language: Language, words: str
) -> None:
    conversation, first = await held(bank, language)
    assert later(bank, monkeypatch, 29) == 0
    assert [later(bank, monkeypatch, minutes) for minutes in (31, 32, 500)] == [1, 0, 0]
    told = said(bank, conversation)[1:]
    assert [(each.status, each.reason, each.releases) for each in told] == [
        (AnswerStatus.HELD, Reason.AWAITING_RELEASE, first.answer_id)
    ]
    for part in (words, FEE_QUESTION, "+852 2000 0000"):
        assert part in told[0].text
    assert "HK$720" not in told[0].text
    assert bank.is_whole()


async def test_the_case_is_the_most_severe_from_then_on_and_still_to_be_decided(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, _ = await held(bank)
    assert waiting(bank).severity is Severity.S2
    later(bank, monkeypatch, 31)
    assert waiting(bank).severity is Severity.S1
    decide(bank, release=True)
    assert "HK$720" in said(bank, conversation)[-1].text


async def test_an_open_chat_shows_it_and_goes_on_waiting(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, _ = await held(bank)
    later(bank, monkeypatch, 31)
    transcript = bank.platform.assistant.transcript(BANK, conversation)
    assert is_told(transcript[-1])
    assert is_awaited(transcript)
    decide(bank, release=False)
    assert not is_awaited(bank.platform.assistant.transcript(BANK, conversation))


async def test_nobody_is_told_of_what_was_decided_or_erased_or_is_another_institutions(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await held(bank)
    assert later(bank, monkeypatch, 31, RIVAL) == 0
    decide(bank, release=True)
    erased, _ = await held(bank)
    with bank.foundation.database.write() as session:
        ConversationService(session, BANK, bank.foundation.ledger).erase(erased, "otto")
    assert later(bank, monkeypatch, 31) == 0
    assert waiting(bank).severity is Severity.S2


async def test_what_was_erased_can_be_closed_though_nobody_is_left_to_be_told(bank: SmallBank) -> None:
    conversation, _ = await held(bank)
    with bank.foundation.database.write() as session:
        ConversationService(session, BANK, bank.foundation.ledger).erase(conversation, "otto")
    assert decide(bank, release=False) is None
    assert bank.cases() == ()


async def test_a_case_decided_while_it_is_told_of_stays_decided_and_says_nothing_more(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, _ = await held(bank)
    overdue_before = CaseService.overdue

    def decided_meanwhile(self: CaseService, *args: object) -> object:
        found = overdue_before(self, *args)  # type: ignore[arg-type]
        decide(bank, release=True)
        return found

    monkeypatch.setattr(CaseService, "overdue", decided_meanwhile)
    assert later(bank, monkeypatch, 31) == 0
    assert len(said(bank, conversation)) == 2


async def test_what_was_told_replays_without_a_difference(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation, _ = await held(bank)
    later(bank, monkeypatch, 31)
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    told = said(bank, conversation)[-1]
    assert (await replayer.replay(bank.institution, told.answer_id)).differences == ()


async def test_a_held_answer_says_what_stands_in_its_way_before_anybody_decides(bank: SmallBank) -> None:
    _, first = await held(bank)
    evidence = bank.evidence(first.answer_id)

    def obstacle() -> str | None:
        with bank.foundation.database.read() as session:
            found = Releasing(session, BANK, bank.foundation.ledger).obstacle(evidence)
        return None if found is None else str(found)

    assert obstacle() is None
    bank.withdraw()
    assert "no longer in force" in (obstacle() or "")


async def test_a_case_that_fails_keeps_nobody_else_from_being_told(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await held(bank)
    second, _ = await held(bank)
    say, failing = overdue._say, [RuntimeError("a record that can't be read")]

    def sometimes(*told: Any) -> None:
        if failing:
            raise failing.pop()
        say(*told)

    monkeypatch.setattr(overdue, "_say", sometimes)
    assert later(bank, monkeypatch, 31) == 1
    assert len(said(bank, second)) == 2
    assert later(bank, monkeypatch, 32) == 1
