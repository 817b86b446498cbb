"""Workers killed at every stage, many times, on SQLite and on PostgreSQL; two at once; a full disk; a cancellation.

After each: what was published answers, the version ends READY with exactly one segment, and nothing was done twice.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from app.documents.published import PublishedKnowledge
from app.documents.service import DocumentService
from app.documents.types import FINISHED, Stage, Upload
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation, lay_foundation
from app.institutions.service import InstitutionService
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.snapshot import open_snapshot
from tests.app.jobs.processes import a_document, entries, eventually, kill, version_of, worker_over
from tests.app.small_bank import BANK, EMBEDDER, bring_into_force, settings_of, write_folders
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.timeout(560)
STAGES = (Stage.RECEIVED, Stage.PARSING, Stage.CHUNKING, Stage.EMBEDDING, Stage.BUILDING)
SECTIONS = 700  # eleven batches
KILLS = {"few": 3, "many": 18}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Foundation]:
    """A bank in force, whose folder and database any worker can be pointed at."""
    changes = {}
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        changes = {"database_url": server.create_database()}
    foundation = lay_foundation(settings_of(tmp_path / "data", **changes))
    bring_into_force(foundation, write_folders(tmp_path / "folders")[BANK])
    yield foundation
    foundation.database.engine.dispose()


def upload(house: Foundation, content: bytes, document: str = "terms") -> VersionKey:
    """A version that waits for a worker, as the console leaves it."""
    key = VersionKey(document, "1")
    sha256 = house.files(BANK).put(content)
    with house.database.write() as session:
        service = DocumentService(session, BANK, house.ledger)
        service.register(Upload(VersionInfo(key, "Terms", Language.EN), f"{document}.md", sha256, "maker-1"))
    return key


def stage(house: Foundation, key: VersionKey) -> Stage:
    return version_of(house, key).progress.stage


def segments_of(house: Foundation, key: VersionKey) -> int:
    """Stored segments that hold chunks of the version, whether or not anything points to them."""
    folder = house.index_root(BANK) / "segments"
    name = f'"document":"{key.document}"'
    return sum(name in path.read_text("utf-8") for path in folder.glob("*/chunks.jsonl"))


def snapshot_answers(house: Foundation) -> bool:
    """Whether the published snapshot opens with every hash right."""
    with house.database.read() as session:
        pointer = InstitutionService(session, house.ledger).pointer(BANK)
    assert pointer.snapshot_id is not None
    snapshot = open_snapshot(
        house.index_root(BANK), pointer.snapshot_id, institution_id=BANK, embedder_id=EMBEDDER.id, verify="hashes"
    )
    return len(snapshot.chunks) > 0 and PublishedKnowledge(house, EMBEDDER) is not None


def workflows(house: Foundation, key: VersionKey) -> list[str]:
    """The status of every workflow there ever was for the version."""
    schema = "" if house.database.engine.dialect.name == "sqlite" else "dbos."
    statement = text(f"SELECT status FROM {schema}workflow_status WHERE workflow_uuid LIKE :name")  # noqa: S608
    with house.database.engine.connect() as connection:
        return list(connection.execute(statement, {"name": f"{BANK}/{key.document}/{key.version}/%"}).scalars())


def done_once(house: Foundation, key: VersionKey) -> None:
    """The version is ready, and everything about it happened once."""
    assert stage(house, key) is Stage.READY, version_of(house, key).progress
    assert segments_of(house, key) == 1
    assert entries(house, "version:ingest:done", key) == 1
    assert entries(house, "version:ingest:failed", key) == 0
    assert eventually(lambda: workflows(house, key) == ["SUCCESS"], 10), workflows(house, key)
    assert not list((house.settings.data_dir / "work" / BANK).iterdir())
    assert snapshot_answers(house)
    assert AuditVerifier(house.database, house.ledger).verify(BANK).whole


def kill_in(house: Foundation, key: VersionKey, wanted: Stage, delay_s: float) -> Stage:
    """Starts a worker, kills it ``delay_s`` after the version reached ``wanted``; the stage the kill left it in."""
    reached = STAGES[STAGES.index(wanted) :]
    with worker_over(house) as process:
        assert eventually(lambda: (now := stage(house, key)) in reached or now in FINISHED)
        time.sleep(delay_s)
        kill(process)
    return stage(house, key)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_a_worker_killed_again_and_again_at_every_stage_ends_with_one_result(house: Foundation, seed: int) -> None:
    chance, left_in = random.Random(seed), Counter[str]()  # noqa: S311 - moments, no secrets
    kills = 0
    for number in range(4):
        key = upload(house, a_document(SECTIONS + number), f"terms-{number}")
        for wanted in STAGES:
            if stage(house, key) in FINISHED:
                break
            left_in[kill_in(house, key, wanted, chance.uniform(0, 0.5)).value] += 1
            kills += 1
            assert snapshot_answers(house)
        with worker_over(house):
            assert eventually(lambda key=key: stage(house, key) in FINISHED)  # type: ignore[misc]
            done_once(house, key)
    print(f"\n{house.database.engine.dialect.name}: {kills} kills, left in {dict(left_in)}; 4 versions ready once")
    assert kills >= 16


def test_a_worker_killed_while_it_embeds_goes_on_at_the_batch_it_was_at(house: Foundation) -> None:
    key = upload(house, a_document(SECTIONS))
    with worker_over(house) as process:
        assert eventually(lambda: version_of(house, key).progress.done >= 256 or stage(house, key) in FINISHED)
        kill(process)
    kept = {path: path.stat().st_mtime_ns for path in (house.settings.data_dir / "work").rglob("*.npy")}
    assert len(kept) >= 4
    with worker_over(house):
        assert eventually(lambda: version_of(house, key).progress.done > 256 or stage(house, key) in FINISHED)
        now = {path: path.stat().st_mtime_ns for path in kept if path.exists()}
        assert now.items() <= kept.items()
        assert eventually(lambda: stage(house, key) in FINISHED)
        done_once(house, key)


@pytest.mark.slow
def test_three_workers_share_the_queue_and_each_document_has_one_result(house: Foundation) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(worker_over(house))
        keys = [upload(house, a_document(60 + number), f"terms-{number}") for number in range(4)]
        assert upload(house, a_document(60), "terms-0") == keys[0]
        assert eventually(lambda: all(stage(house, key) in FINISHED for key in keys), 90)
        for key in keys:
            done_once(house, key)


@pytest.mark.slow
def test_of_two_workers_the_other_one_takes_over_when_one_is_killed(house: Foundation) -> None:
    key = upload(house, a_document(SECTIONS))
    with worker_over(house) as first:
        assert eventually(lambda: stage(house, key) is Stage.EMBEDDING)
        with worker_over(house):
            kill(first)
            assert eventually(lambda: stage(house, key) in FINISHED)
            done_once(house, key)


def test_a_cancelled_version_stops_within_seconds_and_can_be_read_again(house: Foundation) -> None:
    key = upload(house, a_document(SECTIONS))
    with worker_over(house):
        assert eventually(lambda: stage(house, key) is Stage.EMBEDDING)
        with house.database.write() as session:
            DocumentService(session, BANK, house.ledger).cancel(key, "maker-1")
        began = time.monotonic()
        assert eventually(lambda: workflows(house, key) == ["SUCCESS"], 10)
        print(f"\nstopped after {time.monotonic() - began:.1f} s")
        assert stage(house, key) is Stage.CANCELLED
        assert segments_of(house, key) == 0
        assert entries(house, "version:ingest:cancelled", key) == 1
        with house.database.write() as session:
            DocumentService(session, BANK, house.ledger).read_again(key, "maker-1")
        assert eventually(lambda: stage(house, key) is Stage.READY)
        assert (segments_of(house, key), entries(house, "version:ingest:done", key)) == (1, 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("this user may not mount a file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path, free_bytes: int) -> Path:
    """A file that leaves as much free as is asked for."""
    filler = place / "filler"
    space = os.statvfs(place)
    with suppress(OSError):  # the worker was quicker: full is full
        filler.write_bytes(bytes(max(0, space.f_bavail * space.f_frsize - free_bytes)))
    return filler


@pytest.mark.slow
@pytest.mark.parametrize("free_bytes", [0, 100_000, 400_000, 800_000, 1_200_000, 1_600_000, 2_400_000, 3_200_000])
def test_on_a_full_disk_nothing_is_lost_and_it_goes_on_by_itself_once_there_is_space(
    small_disk: Path, tmp_path: Path, free_bytes: int
) -> None:
    house = lay_foundation(settings_of(small_disk / "data"))
    bring_into_force(house, write_folders(tmp_path / "folders")[BANK])
    key = upload(house, a_document(SECTIONS))
    with worker_over(house) as process:
        assert eventually(lambda: workflows_known(house) and bool(workflows(house, key)), 60)
        filler = fill(small_disk, free_bytes)
        eventually(lambda: bool(version_of(house, key).progress.error) or stage(house, key) in FINISHED, 20)
        left = version_of(house, key)
        assert left.progress.stage is not Stage.FAILED
        assert process.poll() is None
        assert snapshot_answers(house)
        filler.unlink()
        assert eventually(lambda: stage(house, key) in FINISHED, 150)
        print(f"\n{free_bytes} bytes free: was {left.progress.stage.value}, said {left.progress.error!r}")
        done_well(house, key)
    house.database.engine.dispose()


def workflows_known(house: Foundation) -> bool:
    """Whether the worker has laid its tables."""
    with house.database.engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'workflow_status'")).scalars()
        return bool(list(names))


def done_well(house: Foundation, key: VersionKey) -> None:
    """As ``done_once``, where the queue may have needed a second attempt to record that all was done."""
    assert stage(house, key) is Stage.READY, version_of(house, key).progress
    assert (segments_of(house, key), entries(house, "version:ingest:done", key)) == (1, 1)
    assert snapshot_answers(house)
    assert AuditVerifier(house.database, house.ledger).verify(BANK).whole
