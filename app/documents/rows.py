"""Between rows and values of document versions."""

from __future__ import annotations

from app.db.columns import now_utc
from app.documents.tables import DocumentVersionRow
from app.documents.types import DocumentVersion, Progress, Upload, VersionStatus
from knowledge_bases.schema import VersionInfo, VersionKey


def draft_row(institution_id: str, upload: Upload) -> DocumentVersionRow:
    """The row of a version just uploaded."""
    info = upload.info
    return DocumentVersionRow(
        institution_id=institution_id,
        document_id=info.key.document,
        version=info.key.version,
        title=info.title,
        language=info.language,
        product=info.product,
        tags=sorted(info.tags),
        as_at=info.as_at,
        effective_from=info.effective_from,
        effective_to=info.effective_to,
        declared_to=info.effective_to,
        sibling=info.sibling,
        sector=info.sector,
        owner=info.owner,
        status=VersionStatus.DRAFT,
        uploaded_by=upload.by,
        created_at=now_utc(),
        file_name=upload.file_name,
        file_sha256=upload.file_sha256,
    )


def info_of(row: DocumentVersionRow) -> VersionInfo:
    """What the row says of the version."""
    return VersionInfo(
        key=VersionKey(row.document_id, row.version),
        title=row.title,
        language=row.language,
        product=row.product,
        tags=frozenset(row.tags),
        as_at=row.as_at,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        sibling=row.sibling,
        sector=row.sector,
        owner=row.owner,
    )


def version_of(row: DocumentVersionRow) -> DocumentVersion:
    """The row as a value."""
    return DocumentVersion(
        info=info_of(row),
        status=row.status,
        progress=Progress(row.stage, row.done, row.total, row.error),
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        file_bytes=row.file_bytes,
        parse_sha256=row.parse_sha256,
        parse_bytes=row.parse_bytes,
        segment=row.segment,
        page_count=row.page_count,
        problems=tuple(row.problems),
        hidden=row.hidden,
        uploaded_by=row.uploaded_by,
        approved_by=row.approved_by,
        self_published=row.self_published,
        created_at=row.created_at,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
    )
