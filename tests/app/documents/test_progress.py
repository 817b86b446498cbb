"""How long a job will take, when it counts as stuck, and that what has ended does not move any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.console.words import WORDS
from app.db.session import Database
from app.documents.errors import IngestionOver
from app.documents.progress import STALE_S, STUCK_S, is_stuck, left_s, progress_line
from app.documents.service import DocumentService
from app.documents.types import Ingested, Progress, Stage
from app.evidence.audit import Ledger
from knowledge_bases.schema import VersionKey
from tests.app.worlds import add_institution, an_institution, an_upload

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
BANK = "harbour-bank"
DONE = Ingested("p" * 64, "{}", 3)


def embedding(done: int, total: int, since_s: float = 60, silent_s: float = 1) -> Progress:
    since, at = NOW - timedelta(seconds=since_s), NOW - timedelta(seconds=silent_s)
    return Progress(Stage.EMBEDDING, done, total, None, since, at)


def test_what_is_left_follows_from_the_rate_since_the_stage_began() -> None:
    assert left_s(embedding(25, 100, silent_s=0), NOW) == pytest.approx(180)
    assert left_s(embedding(25, 100, since_s=64, silent_s=4), NOW) == pytest.approx(176)
    assert progress_line(embedding(25, 100), NOW, WORDS) == "25 of 100 passages, about 3 min"
    assert progress_line(embedding(90, 100), NOW, WORDS) == "90 of 100 passages, less than a minute"


@pytest.mark.parametrize("unknown", [embedding(0, 100), embedding(5, 0), Progress(Stage.EMBEDDING, 5, 10)])
def test_where_nothing_is_known_nothing_is_promised(unknown: Progress) -> None:
    assert left_s(unknown, NOW) is None


@pytest.mark.parametrize(
    "early_or_old",
    [
        Progress(Stage.CHUNKING, 74, 279_451, None, NOW - timedelta(seconds=7), NOW - timedelta(seconds=6)),
        embedding(4, 100),
        embedding(50, 100, since_s=2),
        embedding(50, 100, since_s=200, silent_s=STALE_S + 1),
    ],
)
def test_neither_a_first_report_nor_an_old_one_is_made_an_estimate(early_or_old: Progress) -> None:
    assert left_s(early_or_old, NOW) is None
    assert "about" not in progress_line(early_or_old, NOW, WORDS)


def test_between_two_reports_what_is_left_does_not_grow() -> None:
    reported = embedding(25, 100, since_s=60, silent_s=0)
    left = [left_s(reported, NOW + timedelta(seconds=later)) or 0.0 for later in range(0, 50, 10)]
    assert left == sorted(left, reverse=True)


def test_a_job_that_says_nothing_for_too_long_is_stuck_and_one_that_waits_in_the_queue_is_not() -> None:
    assert not is_stuck(embedding(1, 9, 9000, STUCK_S - 1), NOW)
    silent = embedding(1, 9, 9000, STUCK_S + 60)
    assert is_stuck(silent, NOW)
    assert progress_line(silent, NOW, WORDS) == "no progress for 6 min"
    long_ago = NOW - timedelta(days=1)
    for stage in (Stage.RECEIVED, Stage.READY, Stage.FAILED, Stage.CANCELLED):
        assert not is_stuck(Progress(stage, since=long_ago, at=long_ago), NOW)


def uploaded(database: Database, ledger: Ledger) -> VersionKey:
    with database.write() as session:
        add_institution(session, ledger, an_institution(BANK))
        return DocumentService(session, BANK, ledger).register(an_upload()).info.key


def test_after_a_cancellation_no_job_can_move_the_version_or_finish_it(database: Database, ledger: Ledger) -> None:
    key = uploaded(database, ledger)
    with database.write() as session:
        service = DocumentService(session, BANK, ledger)
        service.set_progress(key, Progress(Stage.EMBEDDING, 1, 9))
        service.cancel(key, "maker-1")
        for late in (
            lambda: service.set_progress(key, Progress(Stage.EMBEDDING, 2, 9)),
            lambda: service.mark_ingested(key, DONE),
            lambda: service.cancel(key, "maker-1"),
        ):
            with pytest.raises(IngestionOver, match="cancelled"):
                late()
        service.mark_failed(key, "too late")
        assert service.get(key).progress.stage is Stage.CANCELLED
        service.read_again(key, "maker-1")
        assert service.get(key).progress.stage is Stage.RECEIVED


def test_ready_twice_with_one_result_is_once_and_with_another_is_refused(database: Database, ledger: Ledger) -> None:
    key = uploaded(database, ledger)
    with database.write() as session:
        service = DocumentService(session, BANK, ledger)
        service.mark_ingested(key, DONE)
        before = service.get(key)
        service.mark_ingested(key, DONE)
        assert service.get(key) == before
        with pytest.raises(IngestionOver, match="ready"):
            service.mark_ingested(key, Ingested("q" * 64, "{}", 3))
        with pytest.raises(IngestionOver, match="ready"):
            service.set_progress(key, Progress(Stage.EMBEDDING, 1, 9))
