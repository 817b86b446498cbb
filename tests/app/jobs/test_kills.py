"""Workers killed at every stage, many times, on SQLite and on PostgreSQL; two at once; a full disk; a cancellation.

After each: what was published answers, the version ends READY with exactly one segment, and nothing was done twice.
"""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from itertools import count
from pathlib import Path
from signal import SIGKILL

import pytest

from app.documents import release
from app.documents.release import publish_versions
from app.documents.service import DocumentService
from app.documents.types import FINISHED, Stage, VersionStatus
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation, lay_foundation
from app.institutions.service import InstitutionService
from app.jobs.intake import Intake
from app.jobs.space import NO_SPACE
from app.removal.agreement import compare
from app.settings import Settings
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.snapshot import read_manifest
from tests.app.jobs.houses import done_once, segments_of, snapshot_answers, stage, upload, workflows
from tests.app.jobs.mishaps import FullDisk, KilledAt, Moment, Writes
from tests.app.jobs.processes import a_document, entries, eventually, kill, started, version_of, worker_over
from tests.app.jobs.small_worker import Terms
from tests.app.small_bank import BANK, bring_into_force, settings_of, take_one, write_folders

pytestmark = pytest.mark.timeout(560)
SECTIONS, FEWER = 700, 250  # eleven batches, four
Mishap = Callable[[Moment], None]


# For each document, the write before which a worker is killed in each step: in the step's own work and in the queue's
# note of its end, each the first time the document comes there.
DEATHS = {
    "parse": (1, 2, 4, 6, 7, 8, 9, 10),
    "chunk": (2, 4, 6, 7, 8, 9, 10, 11),
    "embed": (2, 3, 4, 6, 8, 13, 20, 24),
    "index": (2, 5, 8, 11, 12, 13, 15, 17),
}


@pytest.mark.slow
def test_a_worker_killed_eight_times_in_every_step_ends_with_one_result(house: Foundation) -> None:
    killed = Counter[str]()
    for number, moments in enumerate(zip(*DEATHS.values(), strict=True)):
        key = upload(house, a_document(FEWER + number), f"terms-{number}")
        for step, write in zip(DEATHS, moments, strict=True):
            with worker_over(house, Terms(batch_s=0.0, mishap=KilledAt(Moment(step, write)))) as process:
                process.join(60)
            assert process.exitcode == -SIGKILL, (step, write)
            killed[step] += 1
            assert stage(house, key) not in (Stage.FAILED, Stage.CANCELLED)
            assert snapshot_answers(house)
    keys = [VersionKey(f"terms-{number}", "1") for number in range(len(DEATHS["parse"]))]
    with worker_over(house):
        assert eventually(lambda: all(workflows(house, key) == ["SUCCESS"] for key in keys))
        for key in keys:
            done_once(house, key)
    print(f"\n{house.database.engine.dialect.name}: killed {dict(killed)}; {len(keys)} versions ready once")
    assert set(killed.values()) == {8}


def approve(settings: Settings, key: VersionKey, mishap: Mishap) -> None:
    """What a checker's approval does, in a process of its own."""
    foundation, writes = lay_foundation(settings), Writes(mishap)
    writes.stretch_of(release, "publish_versions", "publish")
    writes.watch()
    release.publish_versions(foundation, BANK, [key], "checker-1")


@pytest.mark.slow
def test_publishing_killed_before_every_write_of_it_is_done_or_not_done(house: Foundation, tmp_path: Path) -> None:
    for write in count(1):
        path = tmp_path / f"locker-{write}.md"
        branch = "".join("ABCDEFGHIJ"[int(digit)] for digit in str(write))  # no figures: each would disagree with all
        path.write_text(f"# Lockers\n\nWhoever rents a locker of branch {branch} keeps its key.\n", encoding="utf-8")
        key = VersionKey(f"locker-{write}", "1")
        info = VersionInfo(key, "Lockers", Language.EN, as_at=date(2026, 1, 1), tags=frozenset({"fees"}))
        take_one(house, BANK, Intake(path, info))
        process = started(approve, house.settings, key, KilledAt(Moment("publish", write)))
        process.join(60)
        published = version_of(house, key).status is VersionStatus.PUBLISHED
        assert published == in_snapshot(house, key)
        if process.exitcode == 0:
            break
        assert process.exitcode == -SIGKILL
        publish_versions(house, BANK, [key], "checker-1")
        assert in_snapshot(house, key)
        assert entries(house, "version:publish:done", key) == 1
    assert compare(house, BANK).disagreements == ()
    assert AuditVerifier(house.database, house.ledger).verify(BANK).whole
    print(f"\n{house.database.engine.dialect.name}: publishing killed {write - 1} times; each version published once")
    assert write > 8


def in_snapshot(house: Foundation, key: VersionKey) -> bool:
    """Whether the snapshot that answers now holds the version; it opens with every hash right."""
    assert snapshot_answers(house)
    with house.database.read() as session:
        pointer = InstitutionService(session, house.ledger).pointer(BANK)
    return key in {ref.key for ref in read_manifest(house.index_root(BANK), pointer.snapshot_id or "").segments}


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


FULL = {"parse": (2, 4, 6), "chunk": (2, 6, 10), "embed": (3, 12, 20), "index": (5, 9, 14)}


@pytest.mark.slow
def test_a_disk_that_is_full_at_every_step_loses_nothing_and_it_goes_on_by_itself_once_there_is_space(
    small_disk: Path, tmp_path: Path
) -> None:
    house, said = lay_foundation(settings_of(small_disk / "data")), tmp_path / "said"
    said.mkdir()
    bring_into_force(house, write_folders(tmp_path / "folders")[BANK])
    key = upload(house, a_document(SECTIONS))
    moments = tuple(Moment(step, write) for step, writes in FULL.items() for write in writes)
    waited = Counter[str]()
    with worker_over(house, Terms(mishap=FullDisk(small_disk, said, moments))) as process:
        for moment in moments:
            assert eventually((said / f"{moment.stretch}-{moment.write}").exists), moment
            eventually(lambda: version_of(house, key).progress.error == NO_SPACE, 1.5)
            assert stage(house, key) is not Stage.FAILED
            assert process.is_alive()
            assert snapshot_answers(house)
            waited[moment.stretch] += 1
            # a retry may have come to the next moment before the disk was emptied after this one
            (small_disk / "filler").unlink(missing_ok=True)
        assert eventually(lambda: stage(house, key) in FINISHED)
        done_well(house, key)
    print(f"\nthe disk was full {dict(waited)} times; the version is ready once")
    house.database.engine.dispose()


@pytest.mark.slow
def test_publishing_on_a_full_disk_changes_nothing_and_succeeds_once_there_is_space(
    small_disk: Path, tmp_path: Path
) -> None:
    house, said = lay_foundation(settings_of(small_disk / "data")), tmp_path / "said"
    said.mkdir()
    bring_into_force(house, write_folders(tmp_path / "folders")[BANK])
    path = tmp_path / "locker.md"
    path.write_bytes(b"# Lockers\n\nA locker costs HK$450 a year.\n")
    key = VersionKey("locker", "1")
    info = VersionInfo(key, "Lockers", Language.EN, as_at=date(2026, 1, 1), tags=frozenset({"fees"}))
    take_one(house, BANK, Intake(path, info))
    for write in (1, 2, 3, 4, 6, 8):
        moment = Moment("publish", write)
        process = started(approve, house.settings, key, FullDisk(small_disk, said, (moment,)))
        process.join(60)
        assert (said / f"publish-{write}").exists()
        (small_disk / "filler").unlink()
        assert (version_of(house, key).status is VersionStatus.PUBLISHED) == in_snapshot(house, key) == False  # noqa: E712
    publish_versions(house, BANK, [key], "checker-1")
    assert in_snapshot(house, key)
    assert entries(house, "version:publish:done", key) == 1
    assert compare(house, BANK).disagreements == ()


def done_well(house: Foundation, key: VersionKey) -> None:
    """As ``done_once``, where the queue may have needed a second attempt to record that all was done."""
    assert stage(house, key) is Stage.READY, version_of(house, key).progress
    assert (segments_of(house, key), entries(house, "version:ingest:done", key)) == (1, 1)
    assert snapshot_answers(house)
    assert AuditVerifier(house.database, house.ledger).verify(BANK).whole
