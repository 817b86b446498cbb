"""A question that a model is asked about is found again where its process is killed before the first sentence."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from sqlmodel import select

from app.answering.ports import Brief
from app.answering.texts import texts
from app.answering.types import AnswerStatus, Question, Sentence
from app.assistant.interrupted import close_unanswered
from app.assistant.ports import Role
from app.cases.types import Trigger
from app.conversations.errors import ConversationNotFound
from app.conversations.service import ConversationService
from app.evidence.open_questions import OpenQuestions
from app.evidence.tables import OpenQuestionRow
from app.switches.types import Kind, Switch
from guardrails.types import Reason
from knowledge_bases.schema import Language
from tests.app.assistant.test_reading_along import GOLD, Killed, conversation_of, read_along, transcript
from tests.app.assistant.test_service import HKID
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL, SmallBank
from tests.app.switches.test_effect import turn
from tests.fakes.answering import FakeListener, FakeModel


class DiesFirst(FakeModel):
    """Its process is killed before it says anything."""

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        raise Killed
        yield


@pytest.fixture
async def killed(small_bank: SmallBank) -> tuple[SmallBank, str]:
    """A conversation whose question's process was killed before the first sentence."""
    bank, conversation = small_bank.with_writer(DiesFirst()), conversation_of(small_bank)
    with pytest.raises(Killed):
        await read_along(bank, conversation, FakeListener())
    return bank, conversation


def unheard(bank: SmallBank, conversation: str) -> list[str]:
    return [message.text for message in bank.platform.assistant.unheard(BANK, conversation)]


def give_up(bank: SmallBank, after_s: float = -1.0) -> int:
    return close_unanswered(bank.foundation.database, bank.foundation.ledger, BANK, after_s)


async def test_a_kill_before_the_first_sentence_leaves_the_question_to_whoever_looks(
    killed: tuple[SmallBank, str],
) -> None:
    bank, conversation = killed
    assert (transcript(bank, conversation), unheard(bank, conversation)) == ([], [FEE_QUESTION])
    with pytest.raises(ConversationNotFound):
        bank.platform.assistant.unheard(RIVAL, conversation)
    assert close_unanswered(bank.foundation.database, bank.foundation.ledger, RIVAL, -1.0) == 0


async def test_it_is_recorded_as_unanswered_in_the_conversation_and_the_evidence_and_its_customer_reads_so(
    killed: tuple[SmallBank, str],
) -> None:
    bank, conversation = killed
    assert [give_up(bank, 60.0), give_up(bank), give_up(bank)] == [0, 1, 0]  # too soon, now, and once
    told = texts(Language.EN)["lead_lost"]
    assert transcript(bank, conversation) == [(Role.CUSTOMER, FEE_QUESTION), (Role.ASSISTANT, told)]
    answer = bank.platform.assistant.transcript(BANK, conversation)[-1].answer
    assert answer is not None
    assert (answer.status, answer.reason) == (AnswerStatus.HELD, Reason.RAIL_FAILED)
    evidence = bank.evidence(answer.answer_id)
    assert (evidence.question, evidence.released, evidence.sentences) == (FEE_QUESTION, told, ())
    assert [case.trigger for case in bank.cases()] == [Trigger.RAIL_FAILURE]
    assert unheard(bank, conversation) == []
    assert bank.is_whole()


@pytest.mark.parametrize("language", list(Language))
async def test_it_is_told_in_the_language_of_the_question(small_bank: SmallBank, language: Language) -> None:
    bank, conversation = small_bank.with_writer(DiesFirst()), conversation_of(small_bank)
    with pytest.raises(Killed):
        await bank.platform.assistant.ask(Question(BANK, FEE_QUESTION, language, conversation), FakeListener())
    give_up(bank)
    assert transcript(bank, conversation)[-1] == (Role.ASSISTANT, texts(language)["lead_lost"])


async def test_its_text_is_masked_and_sealed(small_bank: SmallBank) -> None:
    bank, conversation = small_bank.with_writer(DiesFirst()), conversation_of(small_bank)
    asked = f"My HKID is {HKID}. {FEE_QUESTION}"
    with pytest.raises(Killed):
        await bank.platform.assistant.ask(Question(BANK, asked, conversation_id=conversation), FakeListener())
    (kept,) = unheard(bank, conversation)
    assert HKID not in kept
    with bank.foundation.database.read() as session:
        (row,) = session.exec(select(OpenQuestionRow)).all()
    assert b"annual fee" not in row.ciphertext


async def test_a_question_that_is_answered_is_kept_no_longer(small_bank: SmallBank) -> None:
    bank, conversation = small_bank.with_writer(FakeModel(GOLD)), conversation_of(small_bank)
    await read_along(bank, conversation, FakeListener())
    assert (unheard(bank, conversation), give_up(bank)) == ([], 0)


async def test_asked_again_and_answered_it_is_not_told_to_be_lost(killed: tuple[SmallBank, str]) -> None:
    bank, conversation = killed
    await read_along(bank.with_writer(None), conversation, FakeListener())
    assert (give_up(bank), len(transcript(bank, conversation))) == (0, 2)


async def test_an_answer_that_is_made_anew_leaves_nothing_behind(small_bank: SmallBank) -> None:
    class Withdrawn(FakeModel):
        async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
            if not self.closed:
                self.closed = True
                turn(small_bank.foundation, Switch(Kind.GENERATION))
            async for sentence in super().write(brief):
                yield sentence

    bank, conversation = small_bank.with_writer(Withdrawn(GOLD)), conversation_of(small_bank)
    answer = await read_along(bank, conversation, FakeListener())
    assert answer is not None
    assert (unheard(bank, conversation), len(transcript(bank, conversation))) == ([], 2)


async def test_what_a_person_hears_instead_is_kept_no_longer(small_bank: SmallBank) -> None:
    conversation = conversation_of(small_bank)

    class TakenOver(FakeModel):
        async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
            small_bank.platform.assistant.want_human(BANK, conversation, Language.EN)
            async for sentence in super().write(brief):
                yield sentence

    bank = small_bank.with_writer(TakenOver(GOLD))
    assert await read_along(bank, conversation, FakeListener()) is None
    assert unheard(bank, conversation) == []
    assert [text for role, text in transcript(bank, conversation) if role is Role.CUSTOMER] == [FEE_QUESTION]


async def test_a_question_of_an_erased_conversation_goes_without_a_word(killed: tuple[SmallBank, str]) -> None:
    bank, conversation = killed
    with bank.foundation.database.write() as session:
        ConversationService(session, BANK, bank.foundation.ledger).erase(conversation, "tests")
    assert give_up(bank) == 0
    with bank.foundation.database.read() as session:
        assert OpenQuestions(session, BANK, bank.foundation.ledger).of(conversation) == ()
    assert bank.is_whole()


async def test_without_a_model_nothing_is_kept_for_the_answer_is_there_at_once(small_bank: SmallBank) -> None:
    conversation = conversation_of(small_bank)
    answer = await small_bank.ask(conversation=conversation)
    assert "keep" not in answer.timings_ms
