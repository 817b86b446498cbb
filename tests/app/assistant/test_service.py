"""The assistant around the pipeline: what is stored, for whom it is silent, and who sees what."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from app.answering.types import AnswerStatus, Question
from app.assistant.ports import CallBackRequest, ConversationState, Role
from app.cases.types import Trigger
from app.conversations.errors import ConversationNotFound
from app.db.errors import DatabaseAway
from app.handover.service import HandoverService
from app.institutions.errors import UnknownInstitution
from app.jobs.intake import Intake, publish_taken
from guardrails.types import Reason
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.small_bank import BANK, FEE_QUESTION, FEES, RIVAL, SmallBank, take_one
from tests.fakes.absence import away

HKID = "G512384(3)"  # not one of the rulebook's examples, which are stored


def opened(bank: SmallBank, institution_id: str = BANK) -> str:
    return bank.platform.assistant.open_conversation(institution_id, Language.EN, "http://localhost:8000")


def said(bank: SmallBank, conversation: str) -> list[tuple[Role, str]]:
    return [(m.role, m.text) for m in bank.platform.assistant.transcript(BANK, conversation)]


async def test_question_answer_and_evidence_are_stored_when_the_answer_is_released(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    answer = await small_bank.ask(conversation=conversation)
    assert answer.status is AnswerStatus.QUOTED
    assert "HK$720" in answer.text
    assert said(small_bank, conversation) == [(Role.CUSTOMER, FEE_QUESTION), (Role.ASSISTANT, answer.text)]
    evidence = small_bank.evidence(answer.answer_id)
    assert evidence.released == answer.text
    assert FEES in evidence.cited
    assert evidence.conversation_id == conversation


async def test_a_question_on_its_own_gets_a_conversation_of_its_own(small_bank: SmallBank) -> None:
    first, second = await small_bank.ask(), await small_bank.ask()
    conversations = {small_bank.evidence(answer.answer_id).conversation_id for answer in (first, second)}
    assert len(conversations) == 2
    assert [role for role, _ in said(small_bank, conversations.pop())] == [Role.CUSTOMER, Role.ASSISTANT]


async def test_personal_data_is_stored_nowhere(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    await small_bank.ask(f"My HKID is {HKID}. {FEE_QUESTION}", conversation)
    (_, question), _ = said(small_bank, conversation)
    assert HKID not in question
    assert "annual fee" in question
    small_bank.foundation.database.engine.dispose()
    assert not [path for path in small_bank.home.rglob("*") if path.is_file() and HKID.encode() in path.read_bytes()]


async def test_the_words_of_a_conversation_do_not_lie_in_the_database_in_the_clear(small_bank: SmallBank) -> None:
    words = "Kindly, what annual fee has the gold card?"
    answer = await small_bank.ask(words)
    small_bank.foundation.database.engine.dispose()
    stored = b"".join(path.read_bytes() for path in small_bank.home.glob("candour.db*"))
    assert answer.answer_id.encode() in stored
    assert words.encode() not in stored
    assert answer.lead.encode() not in stored


@pytest.mark.parametrize(
    ("words", "language", "offer"),
    [
        ("hello", Language.EN, "I answer questions about our products"),
        ("hi there", Language.EN, "I answer questions about our products"),
        ("thanks!", Language.EN, "You're welcome"),
        ("你好", Language.ZH_HANT, "我會根據我們的文件回答"),
        ("早晨", Language.ZH_HANT, "我會根據我們的文件回答"),
        ("唔該", Language.ZH_HANT, "不用客氣"),
        ("谢谢", Language.ZH_HANS, "不客气"),
    ],
)
async def test_a_greeting_or_thanks_is_told_what_the_assistant_does_and_how_to_reach_a_person(
    small_bank: SmallBank, words: str, language: Language, offer: str
) -> None:
    conversation = opened(small_bank)
    answer = await small_bank.ask(words, conversation)
    assert (answer.status, answer.language) == (AnswerStatus.GREETED, language)
    assert offer in answer.text
    assert "+852 2000 0000" in answer.text
    assert small_bank.evidence(answer.answer_id).released == answer.text
    assert said(small_bank, conversation) == [(Role.CUSTOMER, words), (Role.ASSISTANT, answer.text)]
    assert small_bank.cases() == ()


@pytest.mark.parametrize("greeting", ["Hi, ", "Hello! ", "Thanks. "])
async def test_a_question_that_starts_with_a_greeting_is_a_question(small_bank: SmallBank, greeting: str) -> None:
    answer = await small_bank.ask(greeting + FEE_QUESTION)
    assert answer.status is AnswerStatus.QUOTED
    assert "HK$720" in answer.text


async def test_earlier_questions_help_to_understand_a_follow_up(small_bank: SmallBank) -> None:
    alone = await small_bank.ask("How about platinum?")
    conversation = opened(small_bank)
    await small_bank.ask(conversation=conversation)
    followed = await small_bank.ask("How about platinum?", conversation)
    assert "HK$1,800" in followed.text
    assert followed.confidence > alone.confidence
    assert small_bank.evidence(followed.answer_id).history == (FEE_QUESTION,)


async def test_a_wish_for_a_person_silences_the_assistant_and_keeps_what_is_said_masked(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    answer = small_bank.platform.assistant.want_human(BANK, conversation, Language.ZH_HANT)
    assert (answer.status, answer.reason) == (AnswerStatus.HANDED_OFF, Reason.HUMAN_WANTED)
    assert "+852 2000 0000" in answer.text
    assert small_bank.platform.assistant.conversation_state(BANK, conversation) is ConversationState.HUMAN
    asked = Question(BANK, f"My HKID is {HKID}, please call me", conversation_id=conversation)
    assert await small_bank.platform.assistant.ask(asked) is None
    (last_role, last_text) = said(small_bank, conversation)[-1]
    assert last_role is Role.CUSTOMER
    assert "please call me" in last_text
    assert HKID not in last_text


@pytest.mark.parametrize(
    "words",
    ["I want to talk to a human", "I was scammed and transferred money to a fraudster", "I want to kill myself"],
)
async def test_whoever_is_handed_over_by_their_words_has_one_open_case(small_bank: SmallBank, words: str) -> None:
    conversation = opened(small_bank)
    answer = await small_bank.ask(words, conversation)
    assert answer.status is AnswerStatus.HANDED_OFF
    assert small_bank.platform.assistant.conversation_state(BANK, conversation) is ConversationState.HUMAN
    (case,) = small_bank.cases()
    assert case.trigger in (Trigger.HUMAN_WANTED, Trigger.FRAUD, Trigger.VULNERABLE)
    assert case.conversation_id == conversation


async def test_thumbs_down_opens_one_case_however_often_it_is_pressed(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    answer = await small_bank.ask(conversation=conversation)
    assistant = small_bank.platform.assistant
    assistant.rate(BANK, conversation, answer.answer_id, helpful=True)
    assert small_bank.cases() == ()
    for _ in range(3):
        assistant.rate(BANK, conversation, answer.answer_id, helpful=False)
    (case,) = small_bank.cases()
    assert (case.trigger, case.answer_id) == (Trigger.THUMBS_DOWN, answer.answer_id)


async def test_an_answer_of_another_conversation_cannot_be_rated(small_bank: SmallBank) -> None:
    answer = await small_bank.ask(conversation=opened(small_bank))
    with pytest.raises(ConversationNotFound):
        small_bank.platform.assistant.rate(BANK, opened(small_bank), answer.answer_id, helpful=False)
    assert small_bank.cases() == ()


def test_a_call_back_goes_to_the_case_of_the_hand_over_whose_number_the_customer_is_told(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    small_bank.platform.assistant.want_human(BANK, conversation, Language.EN)
    request = CallBackRequest("Chan Tai Man", "+852 6123 4567", "after six")
    reference = small_bank.platform.assistant.request_call_back(BANK, conversation, request)
    (case,) = small_bank.cases()
    assert case.number == reference
    assert len(reference) == 8, "short enough to be read out"
    with small_bank.foundation.database.read() as session:
        stored = HandoverService(session, BANK, small_bank.foundation.ledger).callbacks(case.id)
    assert stored == (request,)


async def test_every_answer_is_sampled_at_rate_one_and_none_at_rate_zero(
    small_bank: SmallBank, small_bank_home: Path, tmp_path: Path
) -> None:
    await small_bank.ask()
    assert small_bank.cases() == ()
    watched = SmallBank.copy_of(small_bank_home, tmp_path / "watched", quality_sample_rate=1.0)
    answer = await watched.ask()
    assert [(case.trigger, case.answer_id) for case in watched.cases()] == [(Trigger.SAMPLE, answer.answer_id)]
    watched.close()


async def test_two_institutions_never_see_each_other(small_bank: SmallBank) -> None:
    assistant = small_bank.platform.assistant
    conversation = opened(small_bank)
    answer = await small_bank.ask(conversation=conversation)
    assert "9,999" not in answer.text
    theirs = await assistant.ask(Question(RIVAL, FEE_QUESTION))
    assert theirs is not None
    assert "9,999" in theirs.text
    assert "HK$720" not in theirs.text
    with pytest.raises(ConversationNotFound):
        assistant.transcript(RIVAL, conversation)
    with pytest.raises(ConversationNotFound):
        await assistant.ask(Question(RIVAL, FEE_QUESTION, conversation_id=conversation))
    with pytest.raises(ConversationNotFound):
        assistant.want_human(RIVAL, conversation, Language.EN)
    with pytest.raises(ConversationNotFound):
        assistant.rate(RIVAL, conversation, answer.answer_id, helpful=False)
    with pytest.raises(ConversationNotFound):
        assistant.request_call_back(RIVAL, conversation, CallBackRequest("a", "b", "c"))
    assert len(said(small_bank, conversation)) == 2
    assert small_bank.cases(RIVAL) == ()


async def test_an_unknown_institution_is_an_error_and_nothing_is_stored(small_bank: SmallBank) -> None:
    with pytest.raises(UnknownInstitution):
        await small_bank.platform.assistant.ask(Question("no-bank", FEE_QUESTION))
    with small_bank.foundation.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM conversation")).scalar_one() == 0


async def test_a_stored_answer_is_shown_again_as_it_was(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    answer = await small_bank.ask(conversation=conversation)
    shown = small_bank.platform.assistant.transcript(BANK, conversation)[-1].answer
    assert shown is not None
    then, now = answer.to_json(), shown.to_json()
    assert {**now, "timings_ms": None} == {**then, "timings_ms": None}
    assert json.dumps(now)


async def test_an_answer_in_the_making_is_dropped_when_a_person_takes_over_meanwhile(small_bank: SmallBank) -> None:
    conversation = opened(small_bank)
    assistant = small_bank.platform.assistant
    retrieve = small_bank.platform.knowledge.retrieve

    def taken_over_meanwhile(*args: object) -> object:
        assistant.want_human(BANK, conversation, Language.EN)
        return retrieve(*args)  # type: ignore[arg-type]

    small_bank.platform.knowledge.retrieve = taken_over_meanwhile  # type: ignore[method-assign, assignment]
    assert await assistant.ask(Question(BANK, FEE_QUESTION, Language.EN, conversation)) is None
    roles = [role for role, _ in said(small_bank, conversation)]
    assert roles == [Role.ASSISTANT, Role.NOTICE, Role.CUSTOMER]
    assert small_bank.is_whole()


def test_an_institution_is_known_as_it_was_last_read_while_the_database_is_away(small_bank: SmallBank) -> None:
    assistant = small_bank.platform.assistant
    read = assistant.institution(BANK)
    with away(small_bank.foundation.database):
        assert assistant.institution(BANK) == read
        with pytest.raises(DatabaseAway):
            assistant.institution("never-read")


async def test_an_answer_as_of_a_day_before_the_limit_rose_is_given_without_the_statement_of_today_s(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    path = tmp_path / "old.md"
    path.write_text("# Deposit protection\n\nEligible deposits are protected up to HK$500,000 for each depositor.\n")
    info = VersionInfo(
        VersionKey("dps-before", "1"),
        "Deposit Protection",
        Language.EN,
        tags=frozenset({"deposit"}),
        effective_from=date(2020, 1, 1),
        effective_to=date(2024, 10, 1),
    )
    publish_taken(small_bank.foundation, BANK, [take_one(small_bank.foundation, BANK, Intake(path, info))], "tests")
    answer = await small_bank.ask("Up to how much are eligible deposits protected?", as_of=date(2024, 1, 15))
    assert answer.status is AnswerStatus.QUOTED
    assert "HK$500,000" in answer.text
    assert "D08" not in {disclosure.rule_id for disclosure in answer.disclosures}
    notes = [f for verdict in small_bank.evidence(answer.answer_id).verdicts for f in verdict.findings]
    assert [(note.rule_id, note.detail) for note in notes] == [("D08", "left out: not in force on 2024-01-15")]
