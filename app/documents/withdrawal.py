"""The snapshot after a withdrawal: without the segments of versions that may not be answered from any more.

The withdrawal itself is ``Publishing.withdraw``; the words are unreachable from its commit on. This makes them absent.
"""

from __future__ import annotations

from app.documents.release import ATTEMPTS, IN_SNAPSHOT
from app.documents.service import DocumentService
from app.evidence.audit import AuditLog
from app.foundation import Foundation
from app.institutions.errors import SnapshotMoved
from app.institutions.service import InstitutionService, SnapshotPointer
from retrieval.segments import SegmentRef
from retrieval.snapshot import read_manifest, write_manifest


def drop_withdrawn(foundation: Foundation, institution_id: str) -> SnapshotPointer:
    """Moves the pointer to a snapshot of the segments that may still be answered from; nothing to drop: it stays.

    Raises:
        SnapshotMoved: other builders kept being first; whoever comes next drops them.
        SnapshotError: the current snapshot cannot be read; it is left as it is.
    """
    for _ in range(ATTEMPTS):
        pointer = _pointer(foundation, institution_id)
        standing = _standing(foundation, institution_id, pointer)
        if standing is None:
            return pointer
        root = foundation.index_root(institution_id)
        embedder_id = read_manifest(root, pointer.snapshot_id or "").embedder_id
        snapshot_id = write_manifest(root, institution_id, standing, embedder_id, pointer.generation + 1)
        with foundation.database.write() as session:
            AuditLog(session, institution_id, foundation.ledger).lock()
            institutions = InstitutionService(session, foundation.ledger)
            if institutions.pointer(institution_id) == pointer:
                return institutions.move_snapshot(institution_id, snapshot_id, pointer.generation)
    raise SnapshotMoved(institution_id, pointer.generation)


def _pointer(foundation: Foundation, institution_id: str) -> SnapshotPointer:
    with foundation.database.read() as session:
        return InstitutionService(session, foundation.ledger).pointer(institution_id)


def _standing(foundation: Foundation, institution_id: str, pointer: SnapshotPointer) -> list[SegmentRef] | None:
    """The current segments that stay; None where all do."""
    if pointer.snapshot_id is None:
        return None
    with foundation.database.read() as session:
        versions = DocumentService(session, institution_id, foundation.ledger).all()
    allowed = {version.info.key for version in versions if version.status in IN_SNAPSHOT}
    segments = read_manifest(foundation.index_root(institution_id), pointer.snapshot_id).segments
    standing = [ref for ref in segments if ref.key in allowed]
    return standing if len(standing) < len(segments) else None
