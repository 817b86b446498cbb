"""Brings versions into force: writes the snapshot that holds them, then moves pointer, status and audit in one step."""

from __future__ import annotations

import json
from collections.abc import Sequence

import structlog
from sqlmodel import Session

from app.documents.errors import EmbeddedOtherwise, WrongStatus
from app.documents.pairing import pair_new
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, SnapshotMove, VersionStatus
from app.evidence.audit import AuditLog
from app.foundation import Foundation
from app.institutions.errors import SnapshotMoved
from app.institutions.service import InstitutionService, SnapshotPointer
from knowledge_bases.schema import VersionKey
from retrieval.segments import SegmentRef
from retrieval.snapshot import write_manifest

ATTEMPTS = 5
log = structlog.get_logger(__name__)
IN_SNAPSHOT = (VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED)  # superseded: an as-of question needs them


def publish_versions(
    foundation: Foundation, institution_id: str, keys: Sequence[VersionKey], by: str, comment: str | None = None
) -> SnapshotPointer:
    """Takes ingested versions through the steps they still need and publishes them in one new snapshot.

    ``comment`` is kept with each approval. Versions that are published already are left alone; with nothing left to do
    the pointer stays where it is.

    Raises:
        FourEyesRequired: ``by`` uploaded, edited or submitted one of them and the institution asks for two people. Who
            publishes a draft submits it.
        NotComplete: a draft lacks facts. HiddenUnseen: one holds hidden text that ``by`` has not looked at.
        WrongStatus: a version is not ingested, or was withdrawn.
        EmbeddedOtherwise: another model embedded one of them than what is published.
        SnapshotMoved: other builders kept being first.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            pointer = _publish(foundation, institution_id, keys, by, comment)
            _look_for_disagreements(foundation, institution_id)
            return pointer
        except SnapshotMoved:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _look_for_disagreements(foundation: Foundation, institution_id: str) -> None:
    """What is published is published: where this fails, a worker does it later."""
    try:
        pair_new(foundation, institution_id)
    except Exception as error:
        log.error("figures.pairing_failed", institution_id=institution_id, error=type(error).__name__)


def _publish(
    foundation: Foundation, institution_id: str, keys: Sequence[VersionKey], by: str, comment: str | None
) -> SnapshotPointer:
    with foundation.database.read() as session:
        pointer = InstitutionService(session, foundation.ledger).pointer(institution_id)
        versions = DocumentService(session, institution_id, foundation.ledger).all()
    published = {v.info.key for v in versions if v.status in IN_SNAPSHOT}
    pending = [key for key in keys if key not in published]
    if not pending:
        return pointer
    segments = [segment_of(v) for v in versions if v.info.key in published or v.info.key in pending]
    embedder_id = next((ref.embedder_id for ref in segments if ref.key in published), segments[0].embedder_id)
    for stranger in (ref for ref in segments if ref.embedder_id != embedder_id):
        raise EmbeddedOtherwise(stranger.key, stranger.embedder_id, embedder_id)
    snapshot_id = write_manifest(
        foundation.index_root(institution_id),
        institution_id,
        segments,
        embedder_id,
        pointer.generation + 1,
    )
    with foundation.database.write() as session:
        require_unmoved(session, foundation, institution_id, pointer)
        publishing = Publishing(session, institution_id, foundation.ledger)
        documents = DocumentService(session, institution_id, foundation.ledger)
        for key in pending:
            _advance(publishing, documents.get(key), by, comment)
        return publishing.publish(pending, by, SnapshotMove(snapshot_id, pointer.generation))


def require_unmoved(session: Session, foundation: Foundation, institution_id: str, read: SnapshotPointer) -> None:
    """Nobody published since ``read`` was read, and nobody will before this transaction ends.

    Raises:
        SnapshotMoved: somebody did; what is still to be published must be read again.
    """
    AuditLog(session, institution_id, foundation.ledger).lock()
    if InstitutionService(session, foundation.ledger).pointer(institution_id) != read:
        raise SnapshotMoved(institution_id, read.generation)


def segment_of(version: DocumentVersion) -> SegmentRef:
    if version.segment is None:
        raise WrongStatus(version.info.key, "was not read yet", "published")
    return SegmentRef.from_value(json.loads(version.segment))


def _advance(publishing: Publishing, version: DocumentVersion, by: str, comment: str | None) -> None:
    if version.status is VersionStatus.DRAFT:
        publishing.submit(version.info.key, by)
    if version.status in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW):
        publishing.approve(version.info.key, by, comment)
