"""Documents in force that disagree on a figure: a customer reads both, a person has one case, a replay shows both."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.answering.ports import Brief
from app.answering.types import Answer, AnswerStatus, Sentence
from app.assistant.replay import Replayer
from app.cases.service import CaseService
from app.cases.types import Case, Trigger
from app.documents.pairing import pair_new
from app.jobs.intake import Intake, publish_taken
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.small_bank import BANK, FEE_QUESTION, SmallBank, take_one
from tests.fakes.answering import FakeModel

NOTICE = VersionKey("card-notice", "1")


def publish(bank: SmallBank, folder: Path, words: str, info: VersionInfo) -> None:
    path = folder / f"{info.key.document}-{info.key.version}.md"
    path.write_text(words, encoding="utf-8")
    publish_taken(bank.foundation, BANK, [take_one(bank.foundation, BANK, Intake(path, info))], "tests")


def card_notice(bank: SmallBank, folder: Path, sentence: str = "The annual fee of the Gold Card is HK$880.") -> None:
    info = VersionInfo(
        NOTICE, "Card Notice", Language.EN, tags=frozenset({"credit_card"}), as_at=date(2026, 7, 1)
    )  # fmt: skip
    publish(bank, folder, f"# Notice to cardholders\n\n{sentence}\n", info)


def differing_cases(bank: SmallBank) -> list[Case]:
    return [case for case in bank.cases() if case.trigger is Trigger.FIGURES_DIFFER]


def quoted(answer: Answer) -> dict[str, str]:
    return {sentence.title: sentence.text for sentence in answer.sentences}


async def test_both_are_quoted_with_their_dates_and_one_case_opens(small_bank: SmallBank, tmp_path: Path) -> None:
    card_notice(small_bank, tmp_path)
    answer = await small_bank.ask()
    assert answer.status is AnswerStatus.QUOTED
    assert "HK$720" in quoted(answer)["Card Fees"]
    assert "HK$880" in quoted(answer)["Card Notice"]
    notice = answer.notices[0]
    assert "Card Fees (as at 1 January 2026, in force from 1 January 2026)" in notice
    assert "Card Notice (as at 1 July 2026)" in notice
    assert "looking into it" in notice
    assert notice in answer.text
    (case,) = differing_cases(small_bank)
    assert (case.answer_id, case.occurrences) == (answer.answer_id, 1)
    (record,) = small_bank.evidence(answer.answer_id).differing
    assert {citation.key.document for citation in record.citations} == {"card-fees", "card-notice"}
    assert ["HK$720" in c.quote or "HK$880" in c.quote for c in record.citations] == [True, True]
    assert small_bank.is_whole()


async def test_neither_side_is_put_forward_whichever_the_question_found(small_bank: SmallBank, tmp_path: Path) -> None:
    card_notice(small_bank, tmp_path)
    for question in (FEE_QUESTION, "notice to cardholders: annual fee of the Gold Card"):
        answer = await small_bank.ask(question)
        assert {"Card Fees", "Card Notice"} <= quoted(answer).keys()
        assert len(answer.differing) == 1


async def test_later_questions_are_counted_into_the_case_of_the_pair(small_bank: SmallBank, tmp_path: Path) -> None:
    card_notice(small_bank, tmp_path)
    for _ in range(3):
        await small_bank.ask()
    (case,) = differing_cases(small_bank)
    assert case.occurrences == 3


async def test_what_was_decided_opens_again_as_long_as_the_documents_differ(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    card_notice(small_bank, tmp_path)
    await small_bank.ask()
    (first,) = differing_cases(small_bank)
    with small_bank.foundation.database.write() as session:
        CaseService(session, BANK, small_bank.foundation.ledger).reject(first.id, "checker", "the notice is to go")
    await small_bank.ask()  # the customer is told that a person looks at it, so one does
    assert [case.id != first.id for case in differing_cases(small_bank)] == [True]
    small_bank.withdraw(NOTICE)
    answer = await small_bank.ask()
    assert answer.differing == ()
    assert quoted(answer).keys() == {"Card Fees"}


async def test_a_replay_carries_both(small_bank: SmallBank, tmp_path: Path) -> None:
    alone = await small_bank.ask()
    card_notice(small_bank, tmp_path)
    both = await small_bank.ask()
    small_bank.withdraw(NOTICE)
    platform = small_bank.platform
    replayer = Replayer(small_bank.foundation, platform.knowledge, platform.parts)
    for answer in (alone, both):
        assert (await replayer.replay(small_bank.institution, answer.answer_id)).differences == ()


async def test_an_answer_of_another_day_is_held_against_what_was_in_force_then(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    card_notice(small_bank, tmp_path)
    old = await small_bank.ask(as_of=date(2025, 6, 1))
    assert "HK$600" in quoted(old)["Card Fees"]  # of the version superseded since
    assert len(old.differing) == 1
    assert old.differing != (await small_bank.ask()).differing


async def test_a_models_sentence_is_contradicted_by_quote(small_bank: SmallBank, tmp_path: Path) -> None:
    card_notice(small_bank, tmp_path)
    answer = await small_bank.with_writer(_Cites()).ask()
    assert answer.status is AnswerStatus.ANSWERED
    assert len(answer.sentences) == 2
    assert len(answer.differing) == 1


class _Cites(FakeModel):
    """A model that says what the best quote says."""

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        best = brief.retrieved.quotes[0].quotable
        cited = replace(brief, retrieved=replace(brief.retrieved, passages=(best.passage,)))
        async for sentence in FakeModel(best.focus).write(cited):
            yield sentence


ZH = {
    Language.ZH_HANT: ("金卡年費通告", "金卡主卡每年的年費為港幣{}元。", "金卡主卡每年的年費是多少？", "職員正在跟進"),
    Language.ZH_HANS: ("金卡年费通告", "金卡主卡每年的年费为港币{}元。", "金卡主卡每年的年费是多少？", "职员正在跟进"),
}


@pytest.mark.parametrize("language", list(ZH))
async def test_in_chinese_as_in_english(small_bank: SmallBank, tmp_path: Path, language: Language) -> None:
    title, sentence, question, looking = ZH[language]
    for number, fee in enumerate((880, 900)):
        info = VersionInfo(VersionKey(f"zh-{number}", "1"), f"{title} {number}", language, product="gold-card")
        publish(small_bank, tmp_path, f"# {title}\n\n{sentence.format(fee)}\n", info)
    answer = await small_bank.ask(question)
    assert [fee in answer.text for fee in ("880", "900")] == [True, True]
    assert looking in answer.notices[0]
    assert len(differing_cases(small_bank)) == 1


async def test_a_document_that_contradicts_itself_is_shown_with_both_places(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    words = "# Locker rent\n\n## Rent\n\nThe yearly rent of a small safe deposit locker is {}.\n\n"
    body = words.format("HK$700") + words.format("HK$900").replace("# Locker rent\n\n", "")
    publish(small_bank, tmp_path, body, VersionInfo(VersionKey("lockers", "1"), "Lockers", Language.EN))
    answer = await small_bank.ask("What is the yearly rent of a small safe deposit locker?")
    assert [fee in answer.text for fee in ("HK$700", "HK$900")] == [True, True]
    assert "in two places" in answer.notices[0]
    assert len(answer.differing) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "The annual fee of the Platinum Card is HK$1,800.",
        "The annual fee of the Gold Card is US$90.",
        "The minimum annual fee of the Gold Card is HK$100.",
        "The annual fee of the Business Gold Card is HK$2,000.",
        "The annual fee of the Gold Card was HK$500 in 2019.",
        "The annual fee of the Gold Card is HK$720.",
    ],
)
async def test_a_near_miss_changes_nothing(small_bank: SmallBank, tmp_path: Path, sentence: str) -> None:
    card_notice(small_bank, tmp_path, sentence)
    answer = await small_bank.ask()
    assert answer.differing == ()
    assert differing_cases(small_bank) == []
    assert not any("different figures" in notice for notice in answer.notices)


async def test_a_part_of_the_document_that_states_no_such_figure_is_quoted_alone(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    card_notice(small_bank, tmp_path)
    answer = await small_bank.ask("What is the late charge for a missed payment?")
    assert answer.status is AnswerStatus.QUOTED
    assert answer.differing == ()


def test_what_was_looked_through_is_not_looked_through_again(small_bank: SmallBank) -> None:
    assert pair_new(small_bank.foundation, BANK) == 0
