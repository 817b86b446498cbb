"""Who reads a file of a batch: one worker at a time, the next one when it is gone; only who has it is heard."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.batches import service as batch_service
from app.batches.likeness import Sketch
from app.batches.readings import Reading
from app.batches.service import SILENT, BatchService
from app.batches.stated_days import StatedDays
from app.batches.types import Arrived, Claim, FileStage
from app.db.columns import now_utc
from app.db.session import Database
from app.evidence.audit import Ledger
from knowledge_bases.schema import Language
from tests.app.worlds import MAKER, add_institution

READING = Reading("Fees", StatedDays(), Sketch(Language.EN, (1,), frozenset()))
BOTH = frozenset({"a", "b"})


@pytest.fixture
def batch(database: Database, ledger: Ledger) -> str:
    with database.write() as session:
        bank = add_institution(session, ledger)
        files = [Arrived(f"{n}.md", 1, str(n) * 64) for n in range(2)]
        return BatchService(session, bank, ledger).receive(files, MAKER)


def stages(database: Database, ledger: Ledger, batch: str) -> list[FileStage]:
    with database.read() as session:
        return [file.stage for file in BatchService(session, "harbour-bank", ledger).get(batch, MAKER).files]


def claim(database: Database, ledger: Ledger, by: str, living: frozenset[str] = BOTH) -> Claim | None:
    with database.write() as session:
        return BatchService(session, "harbour-bank", ledger).claim(by, living)


def test_each_file_is_claimed_by_one_of_two(database: Database, ledger: Ledger, batch: str) -> None:
    claims = [claim(database, ledger, by) for by in ("a", "b", "a")]
    assert [(c.place, c.by) if c else None for c in claims] == [(0, "a"), (1, "b"), None]


def test_the_file_of_a_worker_that_is_gone_is_anybodys_at_once(database: Database, ledger: Ledger, batch: str) -> None:
    first = claim(database, ledger, "a")
    assert first is not None
    second = claim(database, ledger, "b", frozenset({"b"}))
    assert second is not None
    assert (second.place, second.by) == (first.place, "b")


def test_a_living_worker_that_is_silent_for_too_long_loses_its_file(
    database: Database, ledger: Ledger, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = claim(database, ledger, "a")
    monkeypatch.setattr(batch_service, "now_utc", lambda: now_utc() + SILENT + timedelta(seconds=1))
    second = claim(database, ledger, "b")
    assert first is not None
    assert second is not None
    assert second.place == first.place


def test_what_a_worker_says_of_a_file_it_lost_counts_for_nothing(
    database: Database, ledger: Ledger, batch: str
) -> None:
    slow = claim(database, ledger, "a")
    quick = claim(database, ledger, "b", frozenset({"b"}))
    assert slow is not None
    assert quick is not None
    with database.write() as session:
        service = BatchService(session, "harbour-bank", ledger)
        assert not service.note_progress(slow, 1, 2)
        service.note_refused(slow, "it broke")
    assert stages(database, ledger, batch)[0] is FileStage.READING
    with database.write() as session:
        service = BatchService(session, "harbour-bank", ledger)
        service.note_read(quick, READING, "p" * 64)
        service.note_refused(slow, "it broke")
        assert service.parse_of("0" * 64, "0.md") == "p" * 64
        assert service.parse_of("0" * 64, "other.md") is None
    assert stages(database, ledger, batch)[0] is FileStage.READ


def test_a_file_that_is_put_back_is_read_by_the_next(database: Database, ledger: Ledger, batch: str) -> None:
    first = claim(database, ledger, "a")
    assert first is not None
    with database.write() as session:
        BatchService(session, "harbour-bank", ledger).put_back(first)
    again = claim(database, ledger, "b")
    assert again is not None
    assert again.place == first.place
