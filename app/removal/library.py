"""The stored snapshots of an institution: which are kept and for how long, and which segments they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from app.documents.release import IN_SNAPSHOT
from app.documents.service import DocumentService
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.institutions.snapshots import published_snapshots
from app.settings import Settings
from knowledge_bases.schema import VersionKey
from retrieval.errors import SnapshotError
from retrieval.segments import SegmentRef
from retrieval.snapshot import read_manifest, stored_snapshots


@dataclass(frozen=True)
class StoredSnapshot:
    """A manifest on disk. ``until``: when it stopped answering, or was written if it never did; None: it answers now.

    ``segments`` is empty where the manifest cannot be read any more.
    """

    id: str
    until: datetime | None
    segments: tuple[SegmentRef, ...]


@dataclass(frozen=True)
class Terms:
    """How long snapshots are kept, as of ``now``. ``spare`` is kept too: what answers should the current one break."""

    now: datetime
    kept: timedelta
    replayed: timedelta
    named: Mapping[str, datetime]
    spare: str | None

    @classmethod
    def of(cls, settings: Settings, now: datetime, named: Mapping[str, datetime], spare: str | None) -> Terms:
        """The terms of these settings."""
        kept, replayed = timedelta(days=settings.keep_snapshots_days), timedelta(days=settings.keep_replay_days)
        return cls(now, kept, replayed, named, spare)

    def expired(self, snapshot: StoredSnapshot) -> bool:
        """Whether a snapshot is not to be kept any longer."""
        if snapshot.until is None or snapshot.id == self.spare or self.now < snapshot.until + self.kept:
            return False
        answered = self.named.get(snapshot.id)
        return answered is None or answered + self.replayed <= self.now


def stored(foundation: Foundation, session: Session, institution_id: str) -> tuple[StoredSnapshot, ...]:
    """Every manifest on disk, in no order."""
    root = foundation.index_root(institution_id)
    ends = {past.id: past.until for past in published_snapshots(session, institution_id)}
    current = InstitutionService(session, foundation.ledger).pointer(institution_id).snapshot_id
    return tuple(
        StoredSnapshot(name, None if name == current else ends.get(name) or _written(path), _segments(root, name))
        for name, path in stored_snapshots(root).items()
    )


def spare(foundation: Foundation, session: Session, institution_id: str) -> str | None:
    """The last earlier snapshot that holds nothing but what may still be answered from; None: there is none."""
    root = foundation.index_root(institution_id)
    allowed = _answerable(foundation, session, institution_id)
    earlier = [past.id for past in published_snapshots(session, institution_id) if past.until is not None]
    for snapshot_id in reversed(earlier):
        refs = _segments(root, snapshot_id)
        if refs and all(ref.key in allowed for ref in refs):
            return snapshot_id
    return None


def _answerable(foundation: Foundation, session: Session, institution_id: str) -> frozenset[VersionKey]:
    versions = DocumentService(session, institution_id, foundation.ledger).all()
    return frozenset(version.info.key for version in versions if version.status in IN_SNAPSHOT)


def _segments(root: Path, snapshot_id: str) -> tuple[SegmentRef, ...]:
    try:
        return read_manifest(root, snapshot_id).segments
    except SnapshotError:
        return ()


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
