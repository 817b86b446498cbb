"""Who changes the language in the middle is answered in the new one, and what was said before still counts."""

from __future__ import annotations

import pytest

from app.answering.types import Answer, AnswerStatus
from knowledge_bases.schema import Language
from tests.app.small_bank import BANK, FEE_QUESTION, SmallBank

LEADS = {
    Language.EN: "This is what our documents say:",
    Language.ZH_HANT: "我們的文件是這樣寫的：",
    Language.ZH_HANS: "我们的文件是这样写的：",
}


async def said(bank: SmallBank, *turns: str) -> list[Answer]:
    """The answers to turns whose language nobody names."""
    conversation = bank.platform.assistant.open_conversation(BANK, Language.EN, "here")
    return [await bank.ask(turn, conversation) for turn in turns]


@pytest.mark.parametrize(
    ("turns", "languages", "words"),
    [
        ((FEE_QUESTION, "咁白金卡呢？"), (Language.EN, Language.ZH_HANT), "HK$1,800"),
        ((FEE_QUESTION, "那白金卡呢？请说"), (Language.EN, Language.ZH_HANS), "HK$1,800"),
        (("金卡年費幾多？", "and platinum?"), (Language.ZH_HANT, Language.EN), "HK$1,800"),
        (("金卡年費幾多？", "那么迟还款要付多少？"), (Language.ZH_HANT, Language.ZH_HANS), "HK$300"),
    ],
)
async def test_a_follow_up_in_another_language_leans_on_what_was_said_and_is_answered_in_that_language(
    small_bank: SmallBank, turns: tuple[str, ...], languages: tuple[Language, ...], words: str
) -> None:
    answers = await said(small_bank, *turns)
    assert tuple(answer.language for answer in answers) == languages
    assert words in answers[-1].sentences[0].text
    assert answers[-1].lead == LEADS[languages[-1]]


async def test_statements_are_in_the_language_of_the_turn_that_owes_them(small_bank: SmallBank) -> None:
    first, second, third = await said(small_bank, FEE_QUESTION, "咁白金卡呢？", "那白金卡呢？请说")
    assert "To borrow or not to borrow? Borrow only if you can repay!" in first.text
    assert "借定唔借？還得到先好借！" in second.text
    assert "借定唔借？还得到先好借！" in third.text
    assert "Borrow" not in second.text.replace("The annual fee", "")


async def test_a_page_in_two_languages_is_quoted_in_the_one_of_the_turn(
    small_bank: SmallBank,
) -> None:
    first, second = await said(small_bank, "How do I report a lost card?", "遺失信用卡點樣報失？")
    assert first.sentences[0].text.startswith("Report a lost card")
    assert second.sentences[0].text.startswith("如遺失信用卡")
    assert first.status is second.status is AnswerStatus.QUOTED
