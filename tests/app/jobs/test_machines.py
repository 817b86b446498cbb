"""Workers that believe to be on machines of their own, over one database and one folder: one queue, each thing once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from signal import SIGCONT, SIGSTOP

import pytest

from app.batches.proposals import ReadFile, propose
from app.batches.service import BatchService
from app.batches.types import Arrived, Batch, FileStage
from app.doctor.work import worker as worker_part
from app.documents.service import DocumentService
from app.documents.types import FINISHED, Stage
from app.foundation import Foundation
from app.hong_kong import today_in_hong_kong
from app.jobs import heartbeat
from app.jobs.batch_reading import BatchReader
from app.jobs.heartbeat import known_workers
from knowledge_bases.schema import VersionKey
from tests.app.jobs.houses import done_once, stage, upload, workflows
from tests.app.jobs.processes import a_document, entries, eventually, kill, version_of, worker_over
from tests.app.jobs.small_worker import Terms
from tests.app.small_bank import BANK

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
FILES = 12
MAKER = "maker-1"


@pytest.fixture(autouse=True)
def a_short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """As short as that of the workers on machines of their own (``small_worker``)."""
    monkeypatch.setattr(heartbeat, "STALE_S", 3.0)


def on(host: str, **changes: object) -> Terms:
    return Terms(host=host, **changes)  # type: ignore[arg-type]


def hosts(house: Foundation) -> dict[str, bool]:
    """Which machines have a worker that is known of, and whether it is alive."""
    with house.database.read() as session:
        return {worker.host: worker.alive for worker in known_workers(session)}


def executor_host(house: Foundation, key: VersionKey) -> str:
    """The machine whose worker has or had the version."""
    return workflows(house, key, "executor_id")[0].rsplit("-", 2)[0]


def test_machines_share_the_queue_and_are_told_apart(house: Foundation) -> None:
    with worker_over(house, on("machine-a")), worker_over(house, on("machine-b")):
        assert eventually(lambda: hosts(house) == {"machine-a": True, "machine-b": True})
        says = worker_part(house).says
        keys = [upload(house, a_document(200 + number), f"terms-{number}") for number in range(4)]
        assert eventually(lambda: all(stage(house, key) in FINISHED for key in keys))
        assert {executor_host(house, key) for key in keys} == {"machine-a", "machine-b"}
        for key in keys:
            done_once(house, key)
    assert "on machine-a (process " in says
    assert "on machine-b (process " in says


def test_what_a_killed_machine_had_is_taken_up_by_the_other_and_doctor_names_the_one_that_is_gone(
    house: Foundation,
) -> None:
    key = upload(house, a_document(700))
    with worker_over(house, on("machine-a")) as first:
        assert eventually(lambda: stage(house, key) is Stage.EMBEDDING)
        with worker_over(house, on("machine-b")):
            assert eventually(lambda: hosts(house).get("machine-b", False))
            kill(first)
            assert stage(house, key) is Stage.EMBEDDING
            assert eventually(lambda: hosts(house) == {"machine-a": False, "machine-b": True})
            assert eventually(lambda: stage(house, key) in FINISHED)
            done_once(house, key)
            assert executor_host(house, key) == "machine-b"
            assert "on machine-a" in (says := worker_part(house).says)
            assert "gone, last seen" in says


def test_a_machine_that_only_seemed_gone_comes_back_and_does_nothing_twice(house: Foundation) -> None:
    key = upload(house, a_document(700))
    with worker_over(house, on("machine-a")) as first:
        assert eventually(lambda: stage(house, key) is Stage.EMBEDDING)
        first_pid = first.pid or 0
        os.kill(first_pid, SIGSTOP)
        with worker_over(house, on("machine-b")):
            assert eventually(lambda: executor_host(house, key) == "machine-b")
            os.kill(first_pid, SIGCONT)
            assert eventually(lambda: stage(house, key) in FINISHED)
            done_once(house, key)


@pytest.mark.parametrize("machines", [("machine-a", "machine-b"), ("machine-b", "machine-a")])
def test_a_cancellation_reaches_the_machine_that_has_the_job(house: Foundation, machines: tuple[str, str]) -> None:
    key = upload(house, a_document(700))
    with worker_over(house, on(machines[0])):
        assert eventually(lambda: stage(house, key) is Stage.EMBEDDING)
        with worker_over(house, on(machines[1])):
            with house.database.write() as session:
                DocumentService(session, BANK, house.ledger).cancel(key, MAKER)
            assert eventually(lambda: workflows(house, key) == ["SUCCESS"], 15)
            assert executor_host(house, key) == machines[0]
            assert stage(house, key) is Stage.CANCELLED
            assert version_of(house, key).segment is None


def test_two_machines_asked_to_take_up_one_document_at_once_do_it_once(house: Foundation) -> None:
    keys = [upload(house, a_document(100), f"terms-{number}") for number in range(6)]
    with ExitStack() as stack:
        for host in ("machine-a", "machine-b"):
            stack.enter_context(worker_over(house, on(host)))
        assert eventually(lambda: all(stage(house, key) in FINISHED for key in keys))
        for key in keys:
            done_once(house, key)
            assert entries(house, "version:ingest:done", key) == 1


def a_batch(house: Foundation) -> str:
    """Files that came together: every other one is a later version of a document of the bank."""
    files = house.files(BANK)
    words = "# Notice {0}\n\nAs at {0} March 2026. A locker of size {0} costs HK${0}50 a year.\n"
    arrived = [
        Arrived(f"notice-{n}.md", len(content), files.put(content))
        for n in range(1, FILES + 1)
        for content in [words.format(n).encode()]
    ]
    with house.database.write() as session:
        return BatchService(session, BANK, house.ledger).receive(arrived, MAKER)


def the_batch(house: Foundation, batch_id: str) -> Batch:
    with house.database.read() as session:
        return BatchService(session, BANK, house.ledger).get(batch_id, MAKER)


def proposals(batch: Batch) -> list[object]:
    read = [ReadFile(file.name, file.reading) for file in batch.files if file.reading is not None]
    return [(p.fields, p.why) for p in propose(read, [], today_in_hong_kong())]


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


def read_by(notes: Path) -> list[tuple[str, str]]:
    """(file, process) for each time a file was parsed."""
    return sorted((path.name.rsplit(".", 1)[0], path.name.rsplit(".", 1)[1]) for path in notes.iterdir())


def test_two_workers_on_one_batch_read_each_file_once_and_propose_what_one_would(
    house: Foundation, notes: Path
) -> None:
    alone = a_batch(house)
    while BatchReader(house).read_next():
        pass
    batch_id = a_batch(house)
    with worker_over(house, on("machine-a", read=notes)), worker_over(house, on("machine-b", read=notes)):
        assert eventually(lambda: the_batch(house, batch_id).settled)
    assert sorted(name for name, _ in read_by(notes)) == sorted(f"notice-{n}.md" for n in range(1, FILES + 1))
    assert len({process for _, process in read_by(notes)}) == 2, "both took part"
    batch = the_batch(house, batch_id)
    assert all(file.stage is FileStage.READ for file in batch.files)
    assert proposals(batch) == proposals(the_batch(house, alone))


def test_a_file_that_a_killed_worker_was_reading_is_read_by_the_other(house: Foundation, notes: Path) -> None:
    with worker_over(house, on("machine-a", read=notes, slow_parse_s=60.0)) as first:
        batch_id = a_batch(house)
        assert eventually(lambda: bool(read_by(notes)))
        kill(first)
    with worker_over(house, on("machine-b")):
        assert eventually(lambda: the_batch(house, batch_id).settled, 40)
    assert all(file.stage is FileStage.READ for file in the_batch(house, batch_id).files)
