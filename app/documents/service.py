"""Document versions: from upload through ingestion, and what is in force."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlmodel import Session

from app.db.columns import now_utc
from app.documents.errors import IngestionOver, VersionExists
from app.documents.history import infos_known_at
from app.documents.records import subject_of, version_record
from app.documents.repository import VersionRepository
from app.documents.rows import draft_row, info_of, version_of
from app.documents.tables import DocumentVersionRow
from app.documents.types import FINISHED, DocumentVersion, Ingested, Progress, Stage, Upload
from app.evidence.audit import AuditLog, Happening, Ledger
from app.switches.reading import require_writable
from knowledge_bases.schema import VersionInfo, VersionKey

_EVER = datetime.max.replace(tzinfo=UTC)


class DocumentService:
    """The document versions of one institution, within one unit of work. Publishing is in ``publishing``."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._session = session
        self._versions = VersionRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._digest_key = ledger.master.audit
        self._institution_id = institution_id

    def register(self, upload: Upload) -> DocumentVersion:
        """A new draft. The same file under the same label again changes nothing, unless its ingestion had failed.

        Raises:
            VersionExists: the label stands for another file. ReadOnly: nothing may be uploaded now.
        """
        self._audit.lock()
        known = self._versions.find_version(upload.info.key)
        if known is not None and known.file_sha256 != upload.file_sha256:
            raise VersionExists(upload.info.key)
        if known is not None:
            return version_of(self._tried_again(known, upload.by))
        require_writable(self._session, self._institution_id)
        row = self._versions.add(draft_row(self._institution_id, upload))
        fields = {"file_sha256": upload.file_sha256, "by": upload.by}
        self._audit.append(version_record(self._digest_key, row).happening("upload:done", **fields))
        return version_of(row)

    def _tried_again(self, row: DocumentVersionRow, by: str) -> DocumentVersionRow:
        """A version whose ingestion failed or was cancelled is received once more: the fault may have been ours."""
        if row.stage in (Stage.FAILED, Stage.CANCELLED):
            require_writable(self._session, self._institution_id)
            if by not in (row.uploaded_by, *row.makers):
                row.makers = sorted((*row.makers, by))
            self._enter(row, Stage.RECEIVED)
            self._audit.append(version_record(self._digest_key, row).happening("upload:again", by=by))
        return row

    def get(self, key: VersionKey) -> DocumentVersion:
        """The version.

        Raises:
            VersionNotFound: there is none in this institution.
        """
        return version_of(self._versions.get(key))

    def all(self) -> tuple[DocumentVersion, ...]:
        """Every version, by document, newest upload first."""
        return tuple(version_of(row) for row in self._versions.list_all())

    def embedded_by(self) -> str | None:
        """The embedder of what is published: one for all of it, as one index has one model. None: nothing is yet."""
        row = self._versions.first_answerable()
        return None if row is None or row.segment is None else str(json.loads(row.segment)["embedder_id"])

    def set_progress(self, key: VersionKey, progress: Progress) -> None:
        """Note how far ingestion is; not audited.

        Raises:
            VersionNotFound: there is none in this institution. IngestionOver: it was cancelled or has ended.
        """
        if not self._versions.note_progress(key, replace(progress, at=now_utc())):
            raise IngestionOver(key, self._versions.get(key).stage.value)

    def mark_failed(self, key: VersionKey, error: str) -> None:
        """Ingestion was given up; ``error`` is one sentence for the maker, without words of the document.

        What has ended already stays as it is: the job was another worker's, or somebody cancelled it.

        Raises:
            VersionNotFound: there is none in this institution.
        """
        self._audit.lock()
        row = self._versions.get(key)
        if row.stage not in FINISHED:
            self._enter(row, Stage.FAILED, error)
            self._audit.append(Happening("version:ingest:failed", subject_of(key)))

    def cancel(self, key: VersionKey, by: str) -> None:
        """Stop reading a version; whoever works on it stops at the next step it takes.

        Raises:
            VersionNotFound: there is none in this institution. IngestionOver: there is nothing to stop.
        """
        self._audit.lock()
        row = self._versions.get(key)
        if row.stage in FINISHED:
            raise IngestionOver(key, row.stage.value)
        self._enter(row, Stage.CANCELLED)
        self._audit.append(Happening("version:ingest:cancelled", subject_of(key), {"by": by}))

    def read_again(self, key: VersionKey, by: str) -> None:
        """Receive a version once more whose reading failed or was cancelled; any other is left as it is.

        Raises:
            VersionNotFound: there is none in this institution.
        """
        self._audit.lock()
        self._tried_again(self._versions.get(key), by)

    def mark_ingested(self, key: VersionKey, result: Ingested) -> None:
        """Ingestion is done: the version can be published once approved. Done twice is done once.

        Raises:
            VersionNotFound: there is none in this institution.
            IngestionOver: it was cancelled, given up, or ended with another result.
        """
        self._audit.lock()
        row = self._versions.get(key)
        if row.stage is Stage.READY and (row.parse_sha256, row.segment) == (result.parse_sha256, result.segment):
            return
        if row.stage in FINISHED:
            raise IngestionOver(key, row.stage.value)
        if row.parse_sha256 != result.parse_sha256:  # whoever read the hidden texts read those of another parse
            row.hidden_seen_by, row.hidden_seen_at = None, None
        row.parse_sha256, row.segment = result.parse_sha256, result.segment
        row.file_bytes, row.parse_bytes = result.file_bytes, result.parse_bytes
        row.page_count, row.problems, row.hidden = result.page_count, list(result.problems), result.hidden
        self._enter(row, Stage.READY)
        record = version_record(self._digest_key, row)
        self._audit.append(record.happening("ingest:done", parse_sha256=result.parse_sha256))

    def _enter(self, row: DocumentVersionRow, stage: Stage, error: str | None = None) -> None:
        row.stage, row.done, row.total, row.error = stage, 0, 0, error
        row.stage_since = row.progressed_at = now_utc()
        self._versions.save(row)

    def catalogue(self, on: date) -> frozenset[VersionKey]:
        """The versions in force on a day, as known now; a withdrawn one never is."""
        return frozenset(self.infos(on))

    def infos(self, on: date) -> dict[VersionKey, VersionInfo]:
        """What is known of the versions in force on a day."""
        known = [info_of(row) for row in self._versions.answerable()]
        return {info.key: info for info in known if info.in_force(on)}

    def infos_known_at(self, on: date, moment: datetime) -> dict[VersionKey, VersionInfo]:
        """As ``infos``, by what was published at ``moment``; what was withdrawn since is left out too."""
        return infos_known_at(self._versions.session, self._institution_id, on, moment, withdrawn_by=_EVER)

    def not_in_force(
        self, keys: Collection[VersionKey], on: date, known_at: datetime | None = None
    ) -> frozenset[VersionKey]:
        """Those of ``keys`` that are not in force on a day, read freshly; empty for no keys."""
        if known_at is not None:
            return frozenset(keys) - self.infos_known_at(on, known_at).keys()
        known = [info_of(row) for row in self._versions.answerable_of({key.document for key in keys})]
        return frozenset(keys) - {info.key for info in known if info.in_force(on)}
