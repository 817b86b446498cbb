"""Asking back which product is meant: once, with the documents' own names, and what the customer says to it counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.types import Answer, AnswerStatus
from app.assistant.replay import Replayer
from app.evidence.types import AskedBackRecord
from app.jobs.intake import Intake, publish_taken
from guardrails.rulebook import Rulebook
from guardrails.types import Action, RailContext, Reason, Verdict
from guardrails.verification import Resolve
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.small_bank import BANK, SmallBank, take_one

ACCOUNTS = VersionKey("account-fees", "1")
TABLE = """# Account fees

## Monthly fee

| Account | Monthly fee | Balance |
|---|---|---|
| Plus Account | HK$60 | HK$10,000 |
| Premier Account | HK$280 | HK$500,000 |
| Dollar Account | US$8 | US$1,000 |
"""
QUESTION = "What is the monthly fee of an account?"
NAMES = ["Plus Account", "Premier Account", "Dollar Account"]


@pytest.fixture
def bank(small_bank: SmallBank, tmp_path: Path) -> SmallBank:
    path = tmp_path / "account-fees.md"
    path.write_text(TABLE, encoding="utf-8")
    info = VersionInfo(ACCOUNTS, "Account Fees", Language.EN)
    publish_taken(small_bank.foundation, BANK, [take_one(small_bank.foundation, BANK, Intake(path, info))], "tests")
    return small_bank


def opened(bank: SmallBank) -> str:
    return bank.platform.assistant.open_conversation(BANK, Language.EN, "here")


def names(answer: Answer) -> list[str]:
    return [sentence.text for sentence in answer.sentences]


async def replayed(bank: SmallBank, answer: Answer) -> tuple[object, ...]:
    replayer = Replayer(bank.foundation, bank.platform.knowledge, bank.platform.parts)
    return (await replayer.replay(bank.institution, answer.answer_id)).differences


async def test_a_question_that_names_no_product_is_asked_back_with_the_documents_own_names(bank: SmallBank) -> None:
    answer = await bank.ask(QUESTION, opened(bank))
    assert answer.status is AnswerStatus.CLARIFYING
    assert answer.lead == "Which one do you mean?"
    assert names(answer) == NAMES
    assert [sentence.citations[0].quote for sentence in answer.sentences] == NAMES
    assert "HK$" not in answer.text


async def test_what_was_asked_back_is_evidence_that_can_be_replayed(bank: SmallBank) -> None:
    answer = await bank.ask(QUESTION, opened(bank))
    evidence = bank.evidence(answer.answer_id)
    assert evidence.released == answer.text
    assert evidence.cited == {ACCOUNTS}
    assert [draft.composer for draft in evidence.drafts] == ["clarify"]
    assert await replayed(bank, answer) == ()
    assert bank.cases() == ()


@pytest.mark.parametrize(
    ("reply", "figure"),
    [
        ("premier", "HK$280"),
        ("the second one", "HK$280"),
        ("Dollar Account", "US$8"),
        ("I mean the plus one please", "HK$60"),
        ("最後嗰個", "US$8"),
        ("2", "HK$280"),
    ],
)
async def test_a_choice_by_name_or_place_answers_the_question(bank: SmallBank, reply: str, figure: str) -> None:
    conversation = opened(bank)
    await bank.ask(QUESTION, conversation)
    answer = await bank.ask(reply, conversation)
    assert answer.status is AnswerStatus.QUOTED
    assert figure in answer.sentences[0].text
    assert len(answer.sentences) == 1
    assert bank.evidence(answer.answer_id).asked_back == AskedBackRecord(QUESTION, tuple(NAMES))
    assert await replayed(bank, answer) == ()


@pytest.mark.parametrize("reply", ["all of them", "I don't know", "just the monthly fee of the account"])
async def test_whoever_chooses_none_is_told_all_and_not_asked_again(bank: SmallBank, reply: str) -> None:
    conversation = opened(bank)
    await bank.ask(QUESTION, conversation)
    answer = await bank.ask(reply, conversation)
    assert answer.status is AnswerStatus.QUOTED
    assert all(figure in answer.text for figure in ("HK$60", "HK$280", "US$8"))
    assert await replayed(bank, answer) == ()


async def test_whoever_goes_on_to_something_else_is_answered_that(bank: SmallBank) -> None:
    conversation = opened(bank)
    await bank.ask(QUESTION, conversation)
    answer = await bank.ask("How do I report a lost card?", conversation)
    assert "Report a lost card" in answer.text


async def test_what_was_chosen_counts_in_the_questions_that_follow(bank: SmallBank) -> None:
    conversation = opened(bank)
    for words in (QUESTION, "premier"):
        await bank.ask(words, conversation)
    answer = await bank.ask("and the balance?", conversation)
    assert answer.sentences[0].text.endswith("Premier Account | HK$280 | HK$500,000")
    assert bank.evidence(answer.answer_id).history == (f"{QUESTION} Premier Account",)


@pytest.mark.parametrize("words", ["What is the monthly fee of the Premier Account?", "plus account monthly fee"])
async def test_a_question_that_names_its_product_is_answered(bank: SmallBank, words: str) -> None:
    assert (await bank.ask(words, opened(bank))).status is AnswerStatus.QUOTED


async def test_a_product_named_in_an_earlier_turn_is_not_asked_for(bank: SmallBank) -> None:
    conversation = opened(bank)
    await bank.ask("Tell me about the Premier Account", conversation)
    assert (await bank.ask(QUESTION, conversation)).status is AnswerStatus.QUOTED


async def test_it_is_asked_in_the_customers_language(bank: SmallBank) -> None:
    conversation = opened(bank)
    answer = await bank.ask(QUESTION, conversation, language=Language.ZH_HANT)
    assert answer.lead == "請問你想問邊一款？"
    assert names(answer) == NAMES


async def test_nothing_is_asked_back_that_the_rails_do_not_let_out(bank: SmallBank) -> None:
    class Refusing:
        """The bank's rails; no choice of names passes."""

        def __getattr__(self, name: str) -> object:
            return getattr(bank.platform.parts.rails, name)

        async def check_output(self, context: RailContext, resolve: Resolve, rulebook: Rulebook) -> Verdict:
            if context.text.startswith("Which one"):
                return Verdict(Action.HOLD, "", reason=Reason.UNVERIFIED)
            return await bank.platform.parts.rails.check_output(context, resolve, rulebook)

    closed = bank.with_parts(lambda parts: replace(parts, rails=Refusing()))
    assert (await closed.ask(QUESTION, opened(bank))).status is AnswerStatus.QUOTED


async def test_a_choice_is_heard_by_the_rails_with_the_question_it_answers(bank: SmallBank) -> None:
    """ "The second one" alone may sound like anything."""
    heard: list[str] = []
    rails = bank.platform.parts.rails

    class Listening:
        def __getattr__(self, name: str) -> object:
            return getattr(rails, name)

        async def check_input(self, context: RailContext) -> Verdict:
            heard.append(context.text)
            return await rails.check_input(context)

    listening = bank.with_parts(lambda parts: replace(parts, rails=Listening()))
    conversation = opened(bank)
    for words in (QUESTION, "the second one"):
        await listening.ask(words, conversation)
    assert heard == [QUESTION, f"{QUESTION} Premier Account"]
    messages = bank.platform.assistant.transcript(BANK, conversation)
    assert [message.text for message in messages if message.role == "customer"] == [QUESTION, "the second one"]


@pytest.mark.parametrize("reply", ["premier, my HKID is A123456(3)", "all of them, my HKID is A123456(3)"])
async def test_what_is_said_beside_a_choice_is_masked(bank: SmallBank, reply: str) -> None:
    conversation = opened(bank)
    for words in (QUESTION, reply):
        await bank.ask(words, conversation)
    said = [message.text for message in bank.platform.assistant.transcript(BANK, conversation)]
    assert not any("A123456" in text for text in said)
