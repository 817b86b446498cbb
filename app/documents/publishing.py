"""A version's way into force: submitted, approved by a second person, published with a snapshot, withdrawn.

Every step first locks the head of the institution's audit log. The transaction that records an answer does the same
before it looks whether what it cites is in force: so a withdrawal is either seen by it or comes after it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from app.db.columns import now_utc
from app.documents.errors import FourEyesRequired, WrongStatus
from app.documents.records import version_record
from app.documents.repository import VersionRepository
from app.documents.tables import DocumentVersionRow
from app.documents.timeline import Entry, place
from app.documents.types import SnapshotMove, Stage, VersionStatus
from app.evidence.audit import AuditLog, Ledger
from app.hong_kong import HONG_KONG
from app.institutions.service import InstitutionService, SnapshotPointer
from knowledge_bases.schema import VersionKey

_BEFORE = {
    VersionStatus.IN_REVIEW: {VersionStatus.DRAFT},
    VersionStatus.APPROVED: {VersionStatus.IN_REVIEW},
    VersionStatus.DRAFT: {VersionStatus.IN_REVIEW, VersionStatus.APPROVED},
    VersionStatus.PUBLISHED: {VersionStatus.APPROVED},
    VersionStatus.WITHDRAWN: set(VersionStatus) - {VersionStatus.WITHDRAWN},
}


class Publishing:
    """Changes the status of one institution's versions, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._versions = VersionRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._institutions = InstitutionService(session, ledger)
        self._digest_key = ledger.master.audit
        self._institution_id = institution_id

    def submit(self, key: VersionKey, by: str) -> None:
        """Send a draft for approval.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is no draft.
        """
        row = self._locked(key, VersionStatus.IN_REVIEW)
        self._move(row, VersionStatus.IN_REVIEW, by, "submit:done")

    def reject(self, key: VersionKey, by: str) -> None:
        """Send a version back to its maker.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is neither in review nor approved.
        """
        row = self._locked(key, VersionStatus.DRAFT)
        row.approved_by, row.self_published = None, False
        self._move(row, VersionStatus.DRAFT, by, "approve:rejected")

    def approve(self, key: VersionKey, by: str) -> None:
        """Approve a version that another person uploaded; oneself only where the institution allows it.

        Raises:
            VersionNotFound: no such version. WrongStatus: it is not in review.
            FourEyesRequired: ``by`` uploaded it.
        """
        row = self._locked(key, VersionStatus.APPROVED)
        alone = row.uploaded_by == by
        if alone and not self._institutions.get(self._institution_id).self_publish:
            raise FourEyesRequired(key)
        row.approved_by, row.self_published = by, alone
        self._move(row, VersionStatus.APPROVED, by, "approve:self" if alone else "approve:done")

    def publish(self, keys: Sequence[VersionKey], by: str, move: SnapshotMove) -> SnapshotPointer:
        """Publish approved versions together with the snapshot that holds them; earlier versions give way by dates.

        A version without dates whose document is published already is in force from today.

        Raises:
            VersionNotFound: no such version. WrongStatus: one is not approved or not ingested.
            SnapshotMoved: another builder was first; the whole transaction must be given up.
        """
        for key in keys:
            self._publish_one(self._locked(key, VersionStatus.PUBLISHED), by)
        return self._institutions.move_snapshot(self._institution_id, move.snapshot_id, move.from_generation)

    def withdraw(self, key: VersionKey, by: str, reason: str) -> None:
        """Make a version unreachable at once; ``reason`` is staff's own words, without personal data.

        The version before it does not come back: publish it again under a new label if it should.

        Raises:
            VersionNotFound: no such version. WrongStatus: it was withdrawn before.
        """
        row = self._locked(key, VersionStatus.WITHDRAWN)
        row.withdrawn_at = now_utc()
        self._move(row, VersionStatus.WITHDRAWN, by, "withdraw:done", reason)

    def _publish_one(self, row: DocumentVersionRow, by: str) -> None:
        if row.stage is not Stage.READY:
            raise WrongStatus(_key(row), f"not ingested ({row.stage.value})", VersionStatus.PUBLISHED.value)
        others = self._versions.ever_published(row.document_id)
        row.published_at = now_utc()
        if others and row.effective_from is None and row.effective_to is None:
            row.effective_from = row.published_at.astimezone(HONG_KONG).date()
        self._move(row, VersionStatus.PUBLISHED, by, "publish:done")
        self._settle([row, *others])

    def _settle(self, rows: Sequence[DocumentVersionRow]) -> None:
        """Close each version of a document where the next one begins.

        A withdrawn one still ends the one before it, which would otherwise come back unasked.
        """
        by_version = {row.version: row for row in rows}
        for placed in place([_entry(row) for row in rows]):
            row = by_version[placed.version]
            status = VersionStatus.SUPERSEDED if placed.superseded else VersionStatus.PUBLISHED
            if row.status is VersionStatus.WITHDRAWN:
                status = VersionStatus.WITHDRAWN
            if (row.effective_to, row.status) != (placed.effective_to, status):
                row.effective_to, row.status = placed.effective_to, status
                self._versions.save(row)
                self._audit.append(version_record(self._digest_key, row).happening(f"settle:{status.value}"))

    def _locked(self, key: VersionKey, wanted: VersionStatus) -> DocumentVersionRow:
        self._audit.lock()
        row = self._versions.get(key)
        if row.status not in _BEFORE[wanted]:
            raise WrongStatus(key, row.status.value, wanted.value)
        return row

    def _move(
        self, row: DocumentVersionRow, status: VersionStatus, by: str, step: str, reason: str | None = None
    ) -> None:
        row.status = status
        self._versions.save(row)
        self._audit.append(version_record(self._digest_key, row).happening(step, by=by, reason=reason))


def _key(row: DocumentVersionRow) -> VersionKey:
    return VersionKey(row.document_id, row.version)


def _entry(row: DocumentVersionRow) -> Entry:
    return Entry(row.version, row.effective_from, row.declared_to, row.published_at or row.created_at)
