"""Publishing: pointer, status and snapshot move together or not at all, whoever else publishes at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest

from app.answering.types import Question
from app.documents import release
from app.documents.errors import FourEyesRequired, WrongStatus
from app.documents.publishing import Publishing
from app.documents.release import publish_versions
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, VersionStatus
from app.institutions.errors import SnapshotMoved
from app.institutions.service import InstitutionService, SnapshotPointer
from app.jobs.intake import Intake
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.snapshot import read_manifest
from tests.app.small_bank import BANK, DEPOSITS, FEES, LOST, LOST_ZH, OLD_FEES, SmallBank, take_one

SHIPPED = {OLD_FEES, FEES, DEPOSITS, LOST, LOST_ZH}


def pointer(bank: SmallBank) -> SnapshotPointer:
    with bank.foundation.database.read() as session:
        return InstitutionService(session, bank.foundation.ledger).pointer(BANK)


def version(bank: SmallBank, key: VersionKey) -> DocumentVersion:
    with bank.foundation.database.read() as session:
        return DocumentService(session, BANK, bank.foundation.ledger).get(key)


def in_snapshot(bank: SmallBank) -> set[VersionKey]:
    snapshot_id = pointer(bank).snapshot_id
    assert snapshot_id is not None
    return {ref.key for ref in read_manifest(bank.foundation.index_root(BANK), snapshot_id).segments}


def ingested(bank: SmallBank, folder: Path, name: str, words: str) -> VersionKey:
    path = folder / f"{name}.md"
    path.write_text(f"# {name}\n\n{words}\n", encoding="utf-8")
    key = VersionKey(name, "1")
    take_one(bank.foundation, BANK, Intake(path, VersionInfo(key, name.title(), Language.EN)))
    return key


def publish(bank: SmallBank, *keys: VersionKey, by: str = "tests") -> SnapshotPointer:
    return publish_versions(bank.foundation, BANK, keys, by)


async def test_a_new_document_joins_those_that_are_in_force(small_bank: SmallBank, tmp_path: Path) -> None:
    before = pointer(small_bank)
    key = ingested(small_bank, tmp_path, "locker", "A small safe deposit locker costs HK$450 a year.")
    after = publish(small_bank, key)
    assert after.generation == before.generation + 1
    assert in_snapshot(small_bank) == SHIPPED | {key}
    assert version(small_bank, key).status is VersionStatus.PUBLISHED
    assert "HK$450" in (await small_bank.ask("What does a small safe deposit locker cost a year?")).text


def test_what_is_not_published_is_not_found(small_bank: SmallBank, tmp_path: Path) -> None:
    key = ingested(small_bank, tmp_path, "locker", "A small safe deposit locker costs HK$450 a year.")
    question = Question(BANK, "What does a small safe deposit locker cost?")
    found = small_bank.platform.knowledge.retrieve(
        small_bank.institution, question, Language.EN, small_bank.platform.parts.today()
    )
    assert key not in {passage.chunk.key for passage in found.passages}


def test_publishing_again_changes_nothing(small_bank: SmallBank) -> None:
    before = pointer(small_bank)
    assert publish(small_bank, FEES, DEPOSITS) == before
    assert publish(small_bank) == before
    assert pointer(small_bank) == before


def test_a_version_that_was_not_ingested_is_not_published_and_the_snapshot_stays(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    from app.documents.types import Upload

    key, before = VersionKey("raw", "1"), pointer(small_bank)
    with small_bank.foundation.database.write() as session:
        upload = Upload(VersionInfo(key, "Raw", Language.EN), "raw.md", "0" * 64, "tests")
        DocumentService(session, BANK, small_bank.foundation.ledger).register(upload)
    with pytest.raises(WrongStatus, match="not read yet"):
        publish(small_bank, key)
    assert pointer(small_bank) == before


def test_a_withdrawn_version_is_not_published_again_and_leaves_later_snapshots(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    small_bank.withdraw(DEPOSITS)
    with pytest.raises(WrongStatus):
        publish(small_bank, DEPOSITS)
    publish(small_bank, ingested(small_bank, tmp_path, "locker", "A locker costs HK$450 a year."))
    assert DEPOSITS not in in_snapshot(small_bank)


def test_one_person_cannot_publish_where_two_are_needed(small_bank: SmallBank, tmp_path: Path) -> None:
    from dataclasses import replace

    key, before = ingested(small_bank, tmp_path, "locker", "A locker costs HK$450 a year."), pointer(small_bank)
    with small_bank.foundation.database.write() as session:
        careful = replace(small_bank.institution, self_publish=False)
        InstitutionService(session, small_bank.foundation.ledger).configure(careful)
    with pytest.raises(FourEyesRequired):
        publish(small_bank, key)
    assert (pointer(small_bank), version(small_bank, key).status) == (before, VersionStatus.DRAFT)
    with pytest.raises(FourEyesRequired):
        publish(small_bank, key, by="somebody-else")  # who would submit it is one of its makers
    with small_bank.foundation.database.write() as session:
        Publishing(session, BANK, small_bank.foundation.ledger).submit(key, "tests")
    assert publish(small_bank, key, by="somebody-else").generation == before.generation + 1


async def test_a_kill_between_snapshot_and_commit_leaves_the_old_one_working(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, before = ingested(small_bank, tmp_path, "locker", "A locker costs HK$450 a year."), pointer(small_bank)

    def killed(*_: object) -> SnapshotPointer:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Publishing, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            publish(small_bank, key)
    assert pointer(small_bank) == before
    assert version(small_bank, key).status is VersionStatus.DRAFT
    assert "HK$720" in (await small_bank.ask()).text
    assert publish(small_bank, key).generation == before.generation + 1
    assert small_bank.is_whole()


def test_builders_at_the_same_time_lose_nothing(small_bank: SmallBank, tmp_path: Path) -> None:
    keys = [ingested(small_bank, tmp_path, f"note-{n}", f"Service number {n} costs HK${n}00.") for n in range(4)]
    before, start = pointer(small_bank), Barrier(len(keys))

    def build(key: VersionKey) -> SnapshotPointer:
        start.wait()
        return publish(small_bank, key)

    with ThreadPoolExecutor(len(keys)) as pool:
        list(pool.map(build, keys))
    assert in_snapshot(small_bank) == SHIPPED | set(keys)
    assert pointer(small_bank).generation == before.generation + len(keys)
    assert small_bank.is_whole()


def test_two_people_who_publish_the_same_version_at_once_publish_it_once(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, before = ingested(small_bank, tmp_path, "locker", "A locker costs HK$450 a year."), pointer(small_bank)
    write_manifest, meanwhile = release.write_manifest, []

    def slowly(*given: object) -> str:
        snapshot_id = write_manifest(*given)  # type: ignore[arg-type]
        if not meanwhile:
            meanwhile.append("the other one is faster")
            publish(small_bank, key)
        return snapshot_id

    monkeypatch.setattr(release, "write_manifest", slowly)
    assert publish(small_bank, key) == pointer(small_bank)
    assert pointer(small_bank).generation == before.generation + 1


def test_a_builder_that_is_never_first_gives_up_and_says_so(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, before = ingested(small_bank, tmp_path, "locker", "A locker costs HK$450 a year."), pointer(small_bank)

    def moved(*_: object) -> SnapshotPointer:
        raise SnapshotMoved(BANK, before.generation)

    monkeypatch.setattr(Publishing, "publish", moved)
    with pytest.raises(SnapshotMoved):
        publish(small_bank, key)
    assert (pointer(small_bank), version(small_bank, key).status) == (before, VersionStatus.DRAFT)


def test_dates_decide_which_version_is_superseded(small_bank: SmallBank) -> None:
    assert version(small_bank, OLD_FEES).status is VersionStatus.SUPERSEDED
    assert version(small_bank, OLD_FEES).info.effective_to == date(2026, 1, 1)
    assert version(small_bank, FEES).status is VersionStatus.PUBLISHED
