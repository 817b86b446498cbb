"""What may be answered from: in force on the day asked for, published, of this institution, and not withdrawn."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

from app.answering.types import AnswerStatus, Question
from app.cases.types import Trigger
from app.documents.opened import OpenSnapshots
from app.institutions.service import InstitutionService
from app.jobs.intake import Intake, publish_taken
from guardrails.types import Reason
from knowledge_bases.schema import Citation, Language, Span, VersionInfo, VersionKey
from retrieval.embedders import HashingEmbedder
from retrieval.ports import Vectors
from tests.app.small_bank import (
    BANK,
    FEE_QUESTION,
    FEES,
    OLD_FEES,
    RIVAL,
    SmallBank,
    take_one,
)

TODAY, LAST_YEAR = date(2026, 11, 22), date(2025, 6, 1)


def keys_found(bank: SmallBank, on: date = TODAY, text: str = FEE_QUESTION) -> set[VersionKey]:
    question = Question(BANK, text)
    found = bank.platform.knowledge.retrieve(bank.institution, question, Language.EN, on)
    return {passage.chunk.key for passage in found.passages}


async def test_a_superseded_version_answers_for_its_own_time_only(small_bank: SmallBank) -> None:
    now, then = await small_bank.ask(), await small_bank.ask(as_of=LAST_YEAR)
    assert "HK$720" in now.text
    assert "HK$600" not in now.text
    assert "HK$600" in then.text
    assert "HK$720" not in then.text
    assert OLD_FEES not in keys_found(small_bank)
    assert FEES not in keys_found(small_bank, LAST_YEAR)


def test_the_new_version_counts_from_its_first_day_and_the_old_one_to_the_day_before(small_bank: SmallBank) -> None:
    assert OLD_FEES in keys_found(small_bank, date(2025, 12, 31))
    assert OLD_FEES not in keys_found(small_bank, date(2026, 1, 1))
    assert FEES in keys_found(small_bank, date(2026, 1, 1))
    assert not {OLD_FEES, FEES} & keys_found(small_bank, date(2024, 12, 31))


async def test_a_withdrawn_version_is_unreachable_at_once_for_any_day(small_bank: SmallBank) -> None:
    assert FEES in keys_found(small_bank)
    small_bank.withdraw(FEES)
    small_bank.withdraw(OLD_FEES)
    assert not {OLD_FEES, FEES} & (keys_found(small_bank) | keys_found(small_bank, LAST_YEAR))
    assert (await small_bank.ask()).reason is Reason.NOT_FOUND
    assert (await small_bank.ask(as_of=LAST_YEAR)).reason is Reason.NOT_FOUND


def test_another_process_sees_a_publication_with_its_next_question(small_bank: SmallBank, tmp_path: Path) -> None:
    keys_found(small_bank)  # the snapshot of before is open
    path = tmp_path / "locker.md"
    path.write_text("# Lockers\n\nA small safe deposit locker costs HK$450 a year.\n", encoding="utf-8")
    key = VersionKey("lockers", "1")
    taken = take_one(small_bank.foundation, BANK, Intake(path, VersionInfo(key, "Lockers", Language.EN)))
    publish_taken(small_bank.foundation, BANK, [taken], "tests")
    assert key in keys_found(small_bank, text="What does a safe deposit locker cost?")


def test_a_citation_resolves_to_the_stored_words_and_to_nothing_where_there_are_none(small_bank: SmallBank) -> None:
    knowledge, bank = small_bank.platform.knowledge, small_bank.institution
    question = Question(BANK, FEE_QUESTION)
    chunk = knowledge.retrieve(bank, question, Language.EN, TODAY).passages[0].chunk
    citation = Citation(chunk.key, chunk.parse_sha256, chunk.span, chunk.text, chunk.page, None, None)
    assert knowledge.resolve(bank, citation) == chunk.text
    beyond = replace(citation, span=Span(0, 10**6))
    assert knowledge.resolve(bank, beyond) is None
    assert knowledge.resolve(bank, replace(citation, parse_sha256="0" * 64)) is None
    rival = small_bank.platform.assistant.institution(RIVAL)
    assert knowledge.resolve(rival, citation) is None


def test_an_institution_without_a_snapshot_has_nothing_to_say(small_bank: SmallBank) -> None:
    empty = replace(small_bank.institution, id="empty-bank")
    with small_bank.foundation.database.write() as session:
        InstitutionService(session, small_bank.foundation.ledger).add(empty)
    question = Question("empty-bank", FEE_QUESTION)
    found = small_bank.platform.knowledge.retrieve(empty, question, Language.EN, TODAY)
    assert (found.passages, found.strength, found.snapshot) == ((), 0.0, None)


def test_questions_at_the_same_time_share_one_opened_snapshot(small_bank: SmallBank) -> None:
    start = threading.Barrier(6)

    def ask(_: int) -> set[VersionKey]:
        start.wait()
        return keys_found(small_bank)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, range(6)))
    assert all(FEES in keys for keys in found)
    assert len(small_bank.platform.knowledge._open) == 1


def test_one_institution_is_answered_while_the_snapshot_of_another_is_opened(small_bank: SmallBank) -> None:
    slow, go_on = threading.Event(), threading.Event()

    def model(_: str) -> HashingEmbedder:
        if threading.current_thread().name.startswith("slow"):
            slow.set()
            assert go_on.wait(20)
        return HashingEmbedder()

    foundation = small_bank.foundation
    opened = OpenSnapshots(foundation, model)
    with foundation.database.read() as session:
        institutions = InstitutionService(session, foundation.ledger)
        current = {bank: institutions.pointer(bank).snapshot_id or "" for bank in (BANK, RIVAL)}
    with ThreadPoolExecutor(1, thread_name_prefix="slow") as pool:
        waiting = pool.submit(opened.get, BANK, current[BANK])
        assert slow.wait(20)
        assert opened.get(RIVAL, current[RIVAL]).snapshot.id == current[RIVAL]
        assert not waiting.done()
        go_on.set()
        assert waiting.result(20).snapshot.id == current[BANK]


class BrokenEmbedder(HashingEmbedder):
    """A model that cannot be loaded."""

    def embed(self, texts: object) -> Vectors:
        raise RuntimeError("the model is down")


async def test_without_its_model_the_search_goes_on_by_words_and_the_customer_is_told(small_bank: SmallBank) -> None:
    small_bank.platform.knowledge.embedder = BrokenEmbedder()
    answer = await small_bank.ask("What is the late charge for each missed payment?")
    assert "HK$300" in answer.text
    assert answer.notices == ("Part of the search is unavailable; this answer may miss something.",)
    assert small_bank.evidence(answer.answer_id).degraded


async def test_a_damaged_snapshot_holds_the_answer_and_opens_a_case(small_bank: SmallBank) -> None:
    for manifest in (small_bank.foundation.index_root(BANK) / "snapshots").glob("*.json"):
        manifest.write_bytes(manifest.read_bytes().replace(b"small-bank", b"other-bank"))
    answer = await small_bank.ask()
    assert (answer.status, answer.reason, answer.sentences) == (AnswerStatus.HELD, Reason.RAIL_FAILED, ())
    assert [case.trigger for case in small_bank.cases()] == [Trigger.RAIL_FAILURE]
    assert small_bank.is_whole()
