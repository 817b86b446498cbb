"""Puts rebuilt segments in the place of those that versions have: all at once, in one new snapshot.

Nothing changes in what is in force: no status, no day, no fact. The snapshot before serves until the transaction ends,
and the log says of each version by whom and that its index was built again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.documents.release import ATTEMPTS, IN_SNAPSHOT, require_unmoved, segment_of
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.documents.writing import VersionWriter
from app.foundation import Foundation
from app.institutions.errors import SnapshotMoved
from app.institutions.service import InstitutionService, SnapshotPointer
from knowledge_bases.schema import VersionKey
from retrieval.errors import SnapshotError
from retrieval.segments import SegmentRef
from retrieval.snapshot import read_manifest, write_manifest


@dataclass(frozen=True)
class Rebuilt:
    """A segment that was built again; ``before`` is the row's reference that it is to take the place of."""

    before: str
    after: SegmentRef


class Rebuilding(VersionWriter):
    """Replaces the segments of one institution's versions, within one unit of work."""

    def replace(self, key: VersionKey, rebuilt: Rebuilt, by: str) -> bool:
        """False, and nothing is changed, where the version was read again or withdrawn meanwhile.

        Raises:
            VersionNotFound: no such version.
        """
        row = self._get_locked(key)
        if row.segment != rebuilt.before or row.stage is not Stage.READY or row.status is VersionStatus.WITHDRAWN:
            return False
        row.segment = json.dumps(rebuilt.after.to_value())
        self._save(row, "reindex:done", by=by)
        return True

    def move(self, snapshot_id: str, from_generation: int) -> SnapshotPointer:
        """Points to the snapshot of the rebuilt segments.

        Raises:
            SnapshotMoved: another builder was first; the whole transaction must be given up.
        """
        return self._institutions.move_snapshot(self._institution_id, snapshot_id, from_generation)


def replace_segments(
    foundation: Foundation, institution_id: str, rebuilt: Mapping[VersionKey, Rebuilt], by: str
) -> SnapshotPointer:
    """Brings rebuilt segments into the snapshot; versions that are not published yet keep theirs for later.

    What was read again, published anew or withdrawn meanwhile is left as it is. Nothing to replace: nothing is written,
    unless the snapshot cannot be read; then one over the same segments takes its place.

    Raises:
        SnapshotMoved: other builders kept being first. ModelMismatch: the snapshot would mix embedders.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _replace(foundation, institution_id, rebuilt, by)
        except SnapshotMoved:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _replace(
    foundation: Foundation, institution_id: str, rebuilt: Mapping[VersionKey, Rebuilt], by: str
) -> SnapshotPointer:
    with foundation.database.read() as session:
        pointer = InstitutionService(session, foundation.ledger).pointer(institution_id)
        versions = DocumentService(session, institution_id, foundation.ledger).all()
    standing = {v.info.key: v for v in versions if _stands(v, rebuilt.get(v.info.key))}
    published = [version for version in versions if version.status in IN_SNAPSHOT]
    broken = bool(published) and not _is_readable(foundation, institution_id, pointer)
    if not standing and not broken:
        return pointer
    moves = broken or any(version.info.key in standing for version in published)
    snapshot_id = ""
    if moves:
        segments = [rebuilt[v.info.key].after if v.info.key in standing else segment_of(v) for v in published]
        root, generation = foundation.index_root(institution_id), pointer.generation + 1
        snapshot_id = write_manifest(root, institution_id, segments, segments[0].embedder_id, generation)
    with foundation.database.write() as session:
        require_unmoved(session, foundation, institution_id, pointer)
        writer = Rebuilding(session, institution_id, foundation.ledger)
        if not all(writer.replace(key, rebuilt[key], by) for key in standing):
            raise SnapshotMoved(institution_id, pointer.generation)
        return writer.move(snapshot_id, pointer.generation) if moves else pointer


def _is_readable(foundation: Foundation, institution_id: str, pointer: SnapshotPointer) -> bool:
    try:
        read_manifest(foundation.index_root(institution_id), pointer.snapshot_id or "")
    except SnapshotError:
        return False
    return True


def _stands(version: DocumentVersion, rebuilt: Rebuilt | None) -> bool:
    return (
        rebuilt is not None
        and version.segment == rebuilt.before
        and version.progress.stage is Stage.READY
        and version.status is not VersionStatus.WITHDRAWN
    )
