"""Retention: what was withdrawn and kept long enough goes, and so do earlier snapshots that nobody needs.

Order matters: a segment goes after the last snapshot that holds it, and a snapshot after the last answer that is to be
replayed from it. Nothing that evidence cites ever goes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from app.batches.service import BatchService
from app.db.columns import now_utc
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, VersionStatus
from app.documents.withdrawal import drop_withdrawn
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.removal import library
from app.removal.expiry import expire_batches
from app.removal.needs import Needs, evidence_needs
from app.removal.orphans import remove_leftovers
from app.removal.plan import STORED_AGAIN, Claims, segment_address, split
from app.removal.shelf import Shelf
from app.removal.types import Cause, FileKind, Receipt, Removal
from app.removal.work import carry_out, take_up
from knowledge_bases.schema import VersionKey

BY = "retention"

log = structlog.get_logger(__name__)


def retain(foundation: Foundation, institution_id: str, now: datetime | None = None, by: str = BY) -> list[Receipt]:
    """Finishes what was interrupted, then removes what is due at ``now``, batches nobody confirmed too; repeatable.

    Gives the receipts.

    Raises:
        UnknownInstitution: there is none of this id. SnapshotError: the current snapshot cannot be read.
        CitationsChanged, SealBroken: nothing is removed while it is not known what an answer cites.
    """
    at = now or now_utc()
    receipts = list(take_up(foundation, institution_id))
    drop_withdrawn(foundation, institution_id)
    due = _due(foundation, _versions(foundation, institution_id), at)
    if due or _expired(foundation, institution_id, at, named={}):
        needs = evidence_needs(foundation, institution_id)
        done = [carry_out(foundation, institution_id, _snapshots(foundation, institution_id, needs, at, by))]
        for version in due:
            removal = _version(foundation, institution_id, version, needs, at, by)
            done.append(carry_out(foundation, institution_id, removal))
        receipts += [receipt for receipt in done if receipt is not None]
    left = remove_leftovers(foundation, institution_id, by, at)
    return [*receipts, *expire_batches(foundation, institution_id, at, by), *([left] if left else [])]


def retain_all(foundation: Foundation) -> None:
    """As ``retain``, for every institution; what goes wrong with one is logged and keeps no other one waiting."""
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
    for institution_id in ids:
        try:
            receipts = retain(foundation, institution_id)
        except Exception as error:
            log.error("retention.failed", institution_id=institution_id, error=type(error).__name__)
        else:
            if receipts:
                log.info("retention.done", institution_id=institution_id, count=len(receipts))


def _due(foundation: Foundation, versions: Sequence[DocumentVersion], now: datetime) -> list[DocumentVersion]:
    """Withdrawn versions that were kept long enough; at once where they were never published."""
    kept = timedelta(days=foundation.settings.keep_withdrawn_days)
    return [
        version
        for version in versions
        if version.status is VersionStatus.WITHDRAWN
        and (version.published_at is None or (version.withdrawn_at or now) + kept <= now)
    ]


def _expired(
    foundation: Foundation, institution_id: str, now: datetime, named: dict[str, datetime]
) -> list[library.StoredSnapshot]:
    """Snapshots that are not to be kept any longer, if evidence names ``named``."""
    with foundation.database.read() as session:
        spare = library.spare(foundation, session, institution_id)
        terms = library.Terms.of(foundation.settings, now, named, spare)
        return [one for one in library.stored(foundation, session, institution_id) if terms.expired(one)]


def _snapshots(foundation: Foundation, institution_id: str, needs: Needs, now: datetime, by: str) -> Removal:
    shelf = Shelf.of(foundation, institution_id)
    expired = _expired(foundation, institution_id, now, dict(needs.named))
    going = [shelf.holding(FileKind.SNAPSHOT, snapshot.id) for snapshot in expired]
    going += [shelf.holding(FileKind.SEGMENT, name) for name in _only_in(foundation, institution_id, expired)]
    with foundation.database.read() as session:
        current = InstitutionService(session, foundation.ledger).pointer(institution_id).snapshot_id
    return Removal(Cause.SNAPSHOTS, None, by, tuple(filter(None, going)), snapshot_after=current)


def _only_in(foundation: Foundation, institution_id: str, expired: Collection[library.StoredSnapshot]) -> list[str]:
    """Segments that nothing else holds: those that versions had before they were built again (``app.jobs.reindex``)."""
    going = {snapshot.id for snapshot in expired}
    with foundation.database.read() as session:
        stored = library.stored(foundation, session, institution_id)
    kept = {ref.address for snapshot in stored if snapshot.id not in going for ref in snapshot.segments}
    kept |= {address for v in _versions(foundation, institution_id) if (address := segment_address(v)) is not None}
    return sorted({ref.address for snapshot in expired for ref in snapshot.segments} - kept)


def _version(
    foundation: Foundation, institution_id: str, version: DocumentVersion, needs: Needs, now: datetime, by: str
) -> Removal:
    key, versions = version.info.key, _versions(foundation, institution_id)
    leaving = {other.info.key for other in _due(foundation, versions, now)} - needs.cited
    with foundation.database.read() as session:
        snapshots = library.stored(foundation, session, institution_id)
        in_batches = BatchService(session, institution_id, foundation.ledger).named_files()
        current = InstitutionService(session, foundation.ledger).pointer(institution_id).snapshot_id
    claims = Claims(
        cited=needs.cited,
        versions=[other for other in versions if other.info.key not in leaving],
        segments={ref.address: snapshot.id for snapshot in snapshots for ref in snapshot.segments},
        in_batches=in_batches,
    )
    going, kept = split(version, claims, Shelf.of(foundation, institution_id), now - STORED_AGAIN)
    return Removal(Cause.WITHDRAWN, key, by, going, kept, _last_with(key, snapshots), current)


def _last_with(key: VersionKey, snapshots: Collection[library.StoredSnapshot]) -> str | None:
    """The last snapshot that holds a version; None where its manifest is gone."""
    held = [(s.until, s.id) for s in snapshots if s.until is not None and any(ref.key == key for ref in s.segments)]
    return max(held)[1] if held else None


def _versions(foundation: Foundation, institution_id: str) -> tuple[DocumentVersion, ...]:
    with foundation.database.read() as session:
        return DocumentService(session, institution_id, foundation.ledger).all()
