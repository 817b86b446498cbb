"""Change impact: which past answers cite what a version changes, and how each would read with it in force."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.answering.types import AnswerStatus
from app.conversations.service import ConversationService
from app.documents.errors import VersionNotFound, WrongStatus
from app.documents.service import DocumentService
from app.documents.types import Upload
from app.evidence.export import AuditExport
from app.hong_kong import today_in_hong_kong
from app.impact.reread import Rereader
from app.impact.service import impact_of
from app.impact.types import Impact
from app.jobs.intake import Intake
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.small_bank import BANK, FEES, RIVAL, SmallBank, take_one

DRAFT = VersionKey("card-fees", "2026-12")
CURRENT = (
    "# Credit card fees\n\n## Annual fees\n\nThe annual fee of the Gold Card is HK$720.\n\n"
    "The annual fee of the Platinum Card is HK$1,800.\n\n## Late payment\n\n"
    "The late charge is HK$300 for each missed payment.\n"
)
PLATINUM = "What is the annual fee of the platinum card?"


def draft(bank: SmallBank, folder: Path, text: str, effective_from: date | None = None) -> None:
    """A version of the card fees that was read and waits to be approved."""
    path = folder / "draft.md"
    path.write_text(text, encoding="utf-8")
    info = VersionInfo(DRAFT, "Card Fees", Language.EN, effective_from=effective_from)
    take_one(bank.foundation, BANK, Intake(path, info))


def found(bank: SmallBank) -> Impact:
    return impact_of(bank.foundation, BANK, DRAFT)


def rereader(bank: SmallBank, impact: Impact) -> Rereader:
    return Rereader(bank.foundation, bank.platform.knowledge, bank.platform.parts, bank.institution, impact)


async def test_an_answer_that_cites_a_changed_fee_is_listed_with_its_new_words(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    answer = await small_bank.ask()
    await small_bank.ask("What does a replacement of a lost card cost?")
    draft(small_bank, tmp_path, CURRENT.replace("HK$720", "HK$990"))
    impact = found(small_bank)
    assert impact.before is not None
    assert (impact.before.info.key, impact.looked_at, impact.complete) == (FEES, 1, True)
    (affected,) = impact.affected
    assert affected.evidence.answer_id == answer.answer_id
    assert [c.quote for c in affected.citations] == ["The annual fee of the Gold Card is HK$720."]
    again = await rereader(small_bank, impact).reread(affected)
    assert again.status == AnswerStatus.QUOTED
    assert "HK$990" in again.now
    assert "HK$720" not in again.now
    assert not again.same
    assert {("removed", "HK$720"), ("added", "HK$990")} <= {(s.fate.value, s.text) for s in again.words}


async def test_a_removed_passage_affects_and_the_question_finds_nothing_any_more(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    await small_bank.ask("What is the late charge for a missed payment?")
    draft(small_bank, tmp_path, CURRENT[: CURRENT.index("## Late")])
    impact = found(small_bank)
    (affected,) = impact.affected
    assert "The late charge" not in (await rereader(small_bank, impact).reread(affected)).now


async def test_an_answer_as_of_a_day_before_the_version_starts_is_not_affected(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    today = today_in_hong_kong()
    starts = today + timedelta(days=30)
    for day in (starts - timedelta(days=1), today - timedelta(days=30)):
        await small_bank.ask(as_of=day)
    from_its_first_day, asked_today = await small_bank.ask(as_of=starts), await small_bank.ask()
    draft(small_bank, tmp_path, CURRENT.replace("HK$720", "HK$990"), effective_from=starts)
    impact = found(small_bank)
    affected = [each.evidence.answer_id for each in impact.affected]
    assert affected == [asked_today.answer_id, from_its_first_day.answer_id]
    assert impact.looked_at == 4


async def test_unchanged_and_moved_passages_affect_nobody(small_bank: SmallBank, tmp_path: Path) -> None:
    await small_bank.ask(PLATINUM)
    title, annual, late = CURRENT.split("## ")
    draft(small_bank, tmp_path, f"{title}## {late}\n## {annual}")
    assert found(small_bank).affected == ()


async def test_the_newest_answer_comes_first_and_erased_ones_are_counted(small_bank: SmallBank, tmp_path: Path) -> None:
    answers = [await small_bank.ask() for _ in range(3)]
    erased = small_bank.evidence(answers[1].answer_id).conversation_id
    with small_bank.foundation.database.write() as session:
        ConversationService(session, BANK, small_bank.foundation.ledger).erase(erased, "tests")
    draft(small_bank, tmp_path, CURRENT.replace("HK$720", "HK$990"))
    impact = found(small_bank)
    assert [a.evidence.answer_id for a in impact.affected] == [answers[2].answer_id, answers[0].answer_id]
    assert (impact.looked_at, impact.erased) == (3, 1)


async def test_without_time_nothing_is_looked_at_and_it_says_so(small_bank: SmallBank, tmp_path: Path) -> None:
    await small_bank.ask()
    draft(small_bank, tmp_path, CURRENT.replace("HK$720", "HK$990"))
    impact = impact_of(small_bank.foundation, BANK, DRAFT, look_for_s=0.0)
    assert (impact.affected, impact.looked_at, impact.complete) == ((), 0, False)


async def test_reading_again_records_and_publishes_nothing(small_bank: SmallBank, tmp_path: Path) -> None:
    await small_bank.ask()
    draft(small_bank, tmp_path, CURRENT.replace("HK$720", "HK$990"))

    def entries() -> int:
        with small_bank.foundation.database.read() as session:
            return len(list(AuditExport(session, BANK).lines()))

    before = entries()
    impact = found(small_bank)
    await rereader(small_bank, impact).reread(impact.affected[0])
    assert entries() == before
    assert "HK$720" in (await small_bank.ask()).text


def test_a_first_version_affects_nobody(small_bank: SmallBank, tmp_path: Path) -> None:
    path = tmp_path / "new.md"
    path.write_text("# New\n\nThe new fee is HK$5.\n", encoding="utf-8")
    key = VersionKey("new", "1")
    take_one(small_bank.foundation, BANK, Intake(path, VersionInfo(key, "New", Language.EN)))
    impact = impact_of(small_bank.foundation, BANK, key)
    assert (impact.before, impact.affected) == (None, ())


def test_a_version_that_is_not_here_or_not_read_is_refused(small_bank: SmallBank) -> None:
    with pytest.raises(VersionNotFound):
        impact_of(small_bank.foundation, RIVAL, FEES)
    key = VersionKey("card-fees", "unread")
    with small_bank.foundation.database.write() as session:
        service = DocumentService(session, BANK, small_bank.foundation.ledger)
        service.register(Upload(VersionInfo(key, "Card Fees", Language.EN), "a.md", "0" * 64, "tests"))
    with pytest.raises(WrongStatus):
        impact_of(small_bank.foundation, BANK, key)
