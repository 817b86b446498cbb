"""Recorded before released, all or nothing: also when a document is withdrawn while its answer is being made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.answering.ports import Contrast, Knowledge, Retrieved
from app.answering.trail import Trail
from app.answering.types import Answer, AnswerStatus, Question
from app.assistant.recorder import ConversationRecorder
from app.evidence.errors import CitedVersionWithdrawn
from app.handover.live import LiveRoom
from guardrails.types import Reason
from knowledge_bases.schema import Citation, Institution, Language
from tests.app.small_bank import BANK, FEES, SmallBank

TABLES = ("conversation", "message", "evidence", "review_case", "conversation_key")


@dataclass
class Interrupted:
    """The real knowledge; ``then`` happens once, between a question's retrieval and its recording."""

    knowledge: Knowledge
    then: Callable[[], None] | None

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        found = self.knowledge.retrieve(institution, question, language, on)
        if self.then is not None:
            self.then, happens = None, self.then
            happens()
        return found

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        return self.knowledge.whole(institution, question, language, on)

    def contrasts(
        self, institution: Institution, retrieved: Retrieved, citations: Sequence[Citation]
    ) -> tuple[Contrast, ...]:
        return self.knowledge.contrasts(institution, retrieved, citations)

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        return self.knowledge.resolve(institution, citation)


@dataclass
class Late:
    """The real recorder, after ``first`` has happened."""

    recorder: ConversationRecorder
    first: Callable[[], None]

    def record(self, trail: Trail, answer: Answer) -> None:
        self.first()
        self.recorder.record(trail, answer)


def rows(bank: SmallBank) -> dict[str, int]:
    with bank.foundation.database.read() as session:
        known = {row[0] for row in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
        assert known.issuperset(TABLES), sorted(known)
        counts = {table: text(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608 -- our own names
        return {table: session.execute(count).scalar_one() for table, count in counts.items()}


def with_knowledge(bank: SmallBank, then: Callable[[], None]) -> SmallBank:
    return bank.with_parts(lambda parts: replace(parts, knowledge=Interrupted(parts.knowledge, then)))


async def test_a_version_withdrawn_after_retrieval_is_not_quoted(small_bank: SmallBank) -> None:
    answer = await with_knowledge(small_bank, small_bank.withdraw).ask()
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.NOT_FOUND)
    assert "HK$720" not in answer.text
    assert "HK$600" not in answer.text  # nor does the version before it come back
    assert rows(small_bank) | {"review_case": 0} == {
        "conversation": 1,
        "message": 2,
        "evidence": 1,
        "review_case": 0,
        "conversation_key": 1,
    }
    assert small_bank.is_whole()


async def test_when_recording_fails_nothing_at_all_is_left_behind(small_bank_home: Path, tmp_path: Path) -> None:
    bank = SmallBank.copy_of(small_bank_home, tmp_path / "sampled", quality_sample_rate=1.0)
    withdrawals = iter([bank.withdraw, lambda: None])

    def attempt(parts: Any) -> Any:
        # the second retrieval still finds the version: both attempts are too late
        frozen = Frozen(parts.knowledge)
        return replace(parts, knowledge=frozen, recorder=Late(parts.recorder, lambda: next(withdrawals)()))

    with pytest.raises(CitedVersionWithdrawn):
        await bank.with_parts(attempt).ask()
    assert set(rows(bank).values()) == {0}
    assert bank.is_whole()
    bank.close()


async def test_an_answer_already_released_when_its_version_is_withdrawn_stays_recorded(small_bank: SmallBank) -> None:
    answer = await small_bank.ask()
    small_bank.withdraw()
    assert small_bank.evidence(answer.answer_id).cited == {FEES}
    assert small_bank.is_whole()


async def test_a_crash_while_recording_releases_nothing_and_leaves_nothing(small_bank: SmallBank) -> None:
    def crash() -> bool:
        raise OSError("the disk is full")

    broken = replace(small_bank.platform.parts.recorder, sampled=crash)  # type: ignore[type-var]
    with pytest.raises(OSError, match="disk is full"):
        await small_bank.with_parts(lambda parts: replace(parts, recorder=broken)).ask()
    assert set(rows(small_bank).values()) == {0}
    assert (await small_bank.ask()).status is AnswerStatus.QUOTED
    assert small_bank.is_whole()


async def test_a_closed_rail_stores_the_held_answer_and_one_case_for_the_whole_outage(small_bank: SmallBank) -> None:
    from guardrails.types import Action, Verdict
    from tests.fakes.answering import FakeRails

    down = FakeRails(on_input=Verdict(Action.HOLD, "[WITHHELD]", reason=Reason.RAIL_FAILED))
    bank = small_bank.with_parts(lambda parts: replace(parts, rails=down))
    for _ in range(3):
        answer = await bank.ask()
        assert (answer.status, answer.sentences) == (AnswerStatus.HELD, ())
    (case,) = small_bank.cases()
    assert case.occurrences == 3
    assert rows(small_bank)["evidence"] == 3


@dataclass
class Frozen:
    """Finds for ever what it found first."""

    knowledge: Knowledge
    found: Retrieved | None = None

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        assert institution.id == BANK
        self.found = self.found or self.knowledge.retrieve(institution, question, language, on)
        return self.found

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        return self.knowledge.whole(institution, question, language, on)

    def contrasts(
        self, institution: Institution, retrieved: Retrieved, citations: Sequence[Citation]
    ) -> tuple[Contrast, ...]:
        return self.knowledge.contrasts(institution, retrieved, citations)

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        return self.knowledge.resolve(institution, citation)


@pytest.mark.parametrize("named", [True, False])
async def test_only_whoever_named_a_conversation_waits_for_a_person_and_the_case_is_opened_either_way(
    small_bank: SmallBank, named: bool
) -> None:
    origin = "key:desk"
    conversation = small_bank.platform.assistant.open_conversation(BANK, Language.EN, origin) if named else None
    answer = await small_bank.ask("I want to talk to a human", conversation=conversation, origin=origin)
    assert answer.status is AnswerStatus.HANDED_OFF
    assert len(small_bank.cases()) == 1
    with small_bank.foundation.database.read() as session:
        assert len(LiveRoom(session, BANK, small_bank.foundation.ledger).queue().waiting) == named
