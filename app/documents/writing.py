"""How every step of a version is written: under the log's lock, kept in the version's history, with its audit entry.

Every step first locks the head of the institution's audit log. The transaction that records an answer does the same
before it looks whether what it cites is in force: so a withdrawal is either seen by it or comes after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from app.db.columns import now_utc
from app.documents.errors import FourEyesRequired
from app.documents.records import version_record
from app.documents.repository import VersionRepository
from app.documents.rows import entry_of, event_value, key_of
from app.documents.tables import DocumentVersionRow
from app.documents.timeline import place
from app.documents.types import Act, VersionEvent, VersionStatus
from app.evidence.audit import AuditLog, FieldValue, Ledger
from app.institutions.service import InstitutionService
from app.switches.reading import require_writable
from knowledge_bases.schema import VersionKey


class VersionWriter:
    """Writes to one institution's versions, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._session = session
        self._versions = VersionRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._institutions = InstitutionService(session, ledger)
        self._digest_key = ledger.master.audit
        self._institution_id = institution_id

    def _get_locked(self, key: VersionKey) -> DocumentVersionRow:
        self._audit.lock()
        return self._versions.get(key)

    def _require_writable(self) -> None:
        """Raises ReadOnly where that is switched on; a withdrawal is always possible, and never asks."""
        require_writable(self._session, self._institution_id)

    def _save(self, row: DocumentVersionRow, step: str, **fields: FieldValue) -> None:
        self._versions.save(row)
        self._audit.append(version_record(self._digest_key, row).happening(step, **fields))

    def _note(
        self,
        row: DocumentVersionRow,
        act: Act,
        by: str,
        comment: str | None = None,
        ended_before: date | None = None,
    ) -> None:
        """Adds an act to the history of a row that is saved next."""
        event = VersionEvent(act, by, now_utc(), (comment or "").strip() or None, ended_before)
        row.history = [*row.history, event_value(event)]

    def _is_maker(self, row: DocumentVersionRow, by: str) -> bool:
        return by == row.uploaded_by or by in row.makers

    def _require_second(self, row: DocumentVersionRow, by: str) -> bool:
        """Whether one person acts alone, which only some institutions allow.

        Raises:
            FourEyesRequired: ``by`` made the version, and the institution asks for two people.
        """
        alone = self._is_maker(row, by)
        if alone and not self._institutions.get(self._institution_id).self_publish:
            raise FourEyesRequired(key_of(row))
        return alone

    def _add_maker(self, row: DocumentVersionRow, by: str) -> None:
        if not self._is_maker(row, by):
            row.makers = sorted((*row.makers, by))

    def _settle(self, rows: Sequence[DocumentVersionRow]) -> None:
        """Close each version of a document where the next one begins.

        A withdrawn one still ends the one before it, which would otherwise come back unasked.
        """
        by_version = {row.version: row for row in rows}
        for placed in place([entry_of(row) for row in rows]):
            row = by_version[placed.version]
            status = VersionStatus.SUPERSEDED if placed.superseded else VersionStatus.PUBLISHED
            if row.status is VersionStatus.WITHDRAWN:
                status = VersionStatus.WITHDRAWN
            if (row.effective_to, row.status) != (placed.effective_to, status):
                row.effective_to, row.status = placed.effective_to, status
                self._save(row, f"settle:{status.value}")
