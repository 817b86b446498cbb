"""A bank whose folder and database any worker can be pointed at, and what tests look at after workers were at work."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from app.db.columns import now_utc
from app.documents.published import PublishedKnowledge
from app.documents.service import DocumentService
from app.documents.types import Stage, Upload
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.removal.retention import retain
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.snapshot import open_snapshot
from tests.app.jobs.processes import entries, eventually, version_of
from tests.app.small_bank import BANK, EMBEDDER


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
    """Stored segments that hold chunks of the version, whether or not anything points to them; no half-written ones."""
    folder = house.index_root(BANK) / "segments"
    name = f'"document":"{key.document}"'
    return sum(name in path.read_text("utf-8") for path in folder.glob("[!.]*/chunks.jsonl"))


def snapshot_answers(house: Foundation) -> bool:
    """Whether the published snapshot opens with every hash right."""
    with house.database.read() as session:
        pointer = InstitutionService(session, house.ledger).pointer(BANK)
    assert pointer.snapshot_id is not None
    snapshot = open_snapshot(
        house.index_root(BANK), pointer.snapshot_id, institution_id=BANK, embedder_id=EMBEDDER.id, verify="hashes"
    )
    return len(snapshot.chunks) > 0 and PublishedKnowledge(house, EMBEDDER) is not None


def workflows(house: Foundation, key: VersionKey, column: str = "status") -> list[str]:
    """The status, or another column, of every workflow there ever was for the version."""
    schema = "" if house.database.engine.dialect.name == "sqlite" else "dbos."
    statement = text(f"SELECT {column} FROM {schema}workflow_status WHERE workflow_uuid LIKE :name")  # noqa: S608
    with house.database.engine.connect() as connection:
        return list(connection.execute(statement, {"name": f"{BANK}/{key.document}/{key.version}/%"}).scalars())


def no_half_is_left(house: Foundation) -> bool:
    """Whether the next day's retention removes what kills left half-written, and nothing else."""
    before = {path for path in house.settings.data_dir.glob("files/**/*") if not path.name.startswith(".")}
    retain(house, BANK, now_utc() + timedelta(days=2))
    half = [p for part in ("files", "index") for p in house.settings.data_dir.glob(f"{part}/**/.*") if holds_words(p)]
    return not half and all(path.exists() for path in before)


def holds_words(path: Path) -> bool:
    return path.is_file() or any(path.iterdir())


def done_once(house: Foundation, key: VersionKey) -> None:
    """The version is ready, and everything about it happened once."""
    assert stage(house, key) is Stage.READY, version_of(house, key).progress
    assert segments_of(house, key) == 1
    assert entries(house, "version:ingest:done", key) == 1
    assert entries(house, "version:ingest:failed", key) == 0
    assert eventually(lambda: workflows(house, key) == ["SUCCESS"], 10), workflows(house, key)
    assert not list((house.settings.data_dir / "work" / BANK).iterdir())
    assert snapshot_answers(house)
    assert no_half_is_left(house)
    assert AuditVerifier(house.database, house.ledger).verify(BANK).whole
