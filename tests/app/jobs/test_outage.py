"""A database that goes away while documents are read: they wait for it, and are read when it is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from app.db.errors import DatabaseAway
from app.documents.types import Stage
from app.foundation import Foundation, lay_foundation
from app.jobs import outage, workflow
from app.jobs.ingest import Ingestion, Job
from app.jobs.outage import LONGEST_PAUSE_S, MOST_BREAKS, pauses_s
from app.jobs.workflow import Bench, WorkerStopping, benches
from knowledge_bases.schema import VersionKey
from tests.app.jobs.houses import done_once, stage, upload
from tests.app.jobs.processes import a_document, eventually, version_of, worker_over
from tests.app.jobs.small_worker import Terms
from tests.app.small_bank import BANK, EMBEDDER, SmallBank, bring_into_force, settings_of, write_folders
from tests.postgres_server import PostgresServer

JOB = Job(BANK, VersionKey("terms", "1"))


@pytest.fixture
def far_house(own_postgres: PostgresServer, tmp_path: Path) -> Iterator[Foundation]:
    foundation = lay_foundation(settings_of(tmp_path / "data", database_url=own_postgres.create_database()))
    bring_into_force(foundation, write_folders(tmp_path / "folders")[BANK])
    yield foundation
    foundation.database.engine.dispose()


@pytest.mark.postgres
@pytest.mark.slow
def test_a_document_waits_for_a_database_that_is_away_and_is_read_once_it_is_back(
    far_house: Foundation, own_postgres: PostgresServer
) -> None:
    key = upload(far_house, a_document(400))
    with worker_over(far_house, Terms(batch_s=0.5)):
        assert eventually(lambda: version_of(far_house, key).progress.done > 0 and embedding(far_house, key))
        with own_postgres.away():
            time.sleep(5)
        assert eventually(lambda: stage(far_house, key) in {Stage.READY, Stage.FAILED}, 90)
        assert version_of(far_house, key).progress.error is None
        done_once(far_house, key)


def embedding(house: Foundation, key: VersionKey) -> bool:
    return stage(house, key) is Stage.EMBEDDING


def test_the_pauses_grow_to_a_limit_and_begin_longer_the_more_often_it_broke() -> None:
    assert list(islice(pauses_s(1), 6)) == [1, 2, 4, 8, LONGEST_PAUSE_S, LONGEST_PAUSE_S]
    assert next(pauses_s(3)) == 4
    assert next(pauses_s(MOST_BREAKS)) == LONGEST_PAUSE_S


@pytest.fixture
def bench(small_bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(outage, "FIRST_PAUSE_S", 0.0)
    bench = Bench(Ingestion(small_bank.foundation, EMBEDDER), threading.Event())
    benches().append(bench)
    yield bench
    benches().remove(bench)


def breaking_off(times: int) -> Callable[[], None]:
    left = iter(range(times))

    def step() -> None:
        if next(left, None) is not None:
            raise DatabaseAway

    return step


def test_a_step_that_broke_off_is_taken_again(bench: Bench) -> None:
    assert workflow._carried_out(JOB, breaking_off(MOST_BREAKS)) == "done"


def test_a_step_that_breaks_off_whenever_the_database_is_back_is_given_up(bench: Bench) -> None:
    with pytest.raises(DatabaseAway):
        workflow._carried_out(JOB, breaking_off(MOST_BREAKS + 1))


def test_a_worker_that_is_asked_to_end_does_not_wait_for_the_database(bench: Bench) -> None:
    bench.stop.set()
    with pytest.raises(WorkerStopping):
        workflow._carried_out(JOB, breaking_off(1))


@pytest.mark.parametrize("sentence", [outage.BROKE, outage.BROKE_OFF])
def test_what_is_given_up_says_what_to_do_and_no_name_out_of_the_program(sentence: str) -> None:
    assert "choose “Read again”" in sentence
    assert "Error" not in sentence
