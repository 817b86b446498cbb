"""The rows of one institution's document versions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, case, update
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from app.db.repository import ScopedRepository
from app.documents.errors import VersionNotFound
from app.documents.tables import DocumentVersionRow
from app.documents.types import FINISHED, Progress, VersionStatus
from knowledge_bases.schema import VersionKey

_ANSWERABLE = (VersionStatus.PUBLISHED, VersionStatus.SUPERSEDED)


class VersionRepository(ScopedRepository[DocumentVersionRow]):
    """Versions by key, by document and by status."""

    table = DocumentVersionRow

    def find_version(self, key: VersionKey) -> DocumentVersionRow | None:
        """The version, or None where this institution has none such."""
        row = DocumentVersionRow
        return self.find(row.document_id == key.document, row.version == key.version)

    def get(self, key: VersionKey) -> DocumentVersionRow:
        """The version.

        Raises:
            VersionNotFound: there is none in this institution.
        """
        row = self.find_version(key)
        if row is None:
            raise VersionNotFound(key, self._labels(key.document))
        return row

    def _labels(self, document: str) -> Sequence[str]:
        """The labels of a document's versions, newest upload first."""
        own = self.rows().where(DocumentVersionRow.document_id == document)
        return [row.version for row in self.session.exec(own.order_by(col(DocumentVersionRow.created_at).desc()))]

    def note_progress(self, key: VersionKey, progress: Progress) -> bool:
        """Store how far ingestion is, in one statement: False where it has ended, whoever ended it a moment ago."""
        row = DocumentVersionRow
        since = case((col(row.stage) == progress.stage, col(row.stage_since)), else_=progress.at)
        values = {"stage": progress.stage, "done": progress.done, "total": progress.total, "error": progress.error}
        noted = self.session.execute(
            update(row)
            .where(col(row.institution_id) == self.institution_id)
            .where(col(row.document_id) == key.document, col(row.version) == key.version)
            .where(col(row.stage).not_in(FINISHED))
            .values(**values, stage_since=since, progressed_at=progress.at)
            .execution_options(synchronize_session=False)
        )
        return cast(CursorResult[Any], noted).rowcount == 1

    def list_all(self) -> Sequence[DocumentVersionRow]:
        """Every version, by document, newest upload first."""
        order = (col(DocumentVersionRow.document_id), col(DocumentVersionRow.created_at).desc())
        return self.session.exec(self.rows().order_by(*order)).all()

    def answerable(self) -> Sequence[DocumentVersionRow]:
        """Versions that may be in force on some day: published or superseded."""
        return self.session.exec(self._answerable()).all()

    def first_answerable(self) -> DocumentVersionRow | None:
        """Any of ``answerable`` that has a segment; None where there is none."""
        segmented = self._answerable().where(col(DocumentVersionRow.segment).is_not(None))
        return self.session.exec(segmented.limit(1)).first()

    def answerable_of(self, documents: Collection[str]) -> Sequence[DocumentVersionRow]:
        """As ``answerable``, of these documents only."""
        return self.session.exec(self._answerable().where(col(DocumentVersionRow.document_id).in_(documents))).all()

    def ever_published(self, document: str) -> Sequence[DocumentVersionRow]:
        """The versions of a document that were published, withdrawn ones too."""
        own = self.rows().where(DocumentVersionRow.document_id == document)
        return self.session.exec(own.where(col(DocumentVersionRow.published_at).is_not(None))).all()

    def _answerable(self) -> SelectOfScalar[DocumentVersionRow]:
        return self.rows().where(col(DocumentVersionRow.status).in_(_ANSWERABLE))
