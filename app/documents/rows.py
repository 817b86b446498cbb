"""Between rows and values of document versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from app.db.columns import now_utc
from app.documents.tables import DocumentVersionRow
from app.documents.timeline import Entry
from app.documents.types import Act, DocumentVersion, Progress, Upload, VersionEvent, VersionStatus
from app.hong_kong import HONG_KONG
from knowledge_bases.schema import VersionInfo, VersionKey


def draft_row(institution_id: str, upload: Upload) -> DocumentVersionRow:
    """The row of a version just uploaded."""
    row = DocumentVersionRow(
        institution_id=institution_id,
        document_id=upload.info.key.document,
        version=upload.info.key.version,
        title=upload.info.title,
        language=upload.info.language,
        status=VersionStatus.DRAFT,
        uploaded_by=upload.by,
        created_at=now_utc(),
        file_name=upload.file_name,
        file_sha256=upload.file_sha256,
    )
    write_info(row, upload.info)
    return row


def write_info(row: DocumentVersionRow, info: VersionInfo) -> None:
    """Sets all that is known of the version but its key."""
    row.title, row.language = info.title, info.language
    row.product, row.tags = info.product, sorted(info.tags)
    row.as_at, row.effective_from = info.as_at, info.effective_from
    row.effective_to = row.declared_to = info.effective_to
    row.sibling, row.sector, row.owner = info.sibling, info.sector, info.owner


def key_of(row: DocumentVersionRow) -> VersionKey:
    """The version's name."""
    return VersionKey(row.document_id, row.version)


def entry_of(row: DocumentVersionRow) -> Entry:
    """The version's place among its document's versions."""
    published = row.published_at or row.created_at
    return Entry(row.version, row.effective_from, row.declared_to, published.astimezone(HONG_KONG))


def event_value(event: VersionEvent) -> dict[str, str | None]:
    """An event as the row's history holds it."""
    ended_before = None if event.ended_before is None else event.ended_before.isoformat()
    value = {"act": event.act.value, "by": event.by, "at": event.at.isoformat(), "comment": event.comment}
    return {**value, "ended_before": ended_before}


def events_of(row: DocumentVersionRow) -> tuple[VersionEvent, ...]:
    """What people did with the version, oldest first."""
    return tuple(_event(value) for value in row.history)


def _event(value: Mapping[str, str | None]) -> VersionEvent:
    ended_before = value["ended_before"]
    return VersionEvent(
        act=Act(str(value["act"])),
        by=str(value["by"]),
        at=datetime.fromisoformat(str(value["at"])),
        comment=value["comment"],
        ended_before=None if ended_before is None else date.fromisoformat(ended_before),
    )


def info_of(row: DocumentVersionRow) -> VersionInfo:
    """What the row says of the version."""
    return VersionInfo(
        key=key_of(row),
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
        progress=Progress(row.stage, row.done, row.total, row.error, row.stage_since, row.progressed_at),
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
        makers=tuple(row.makers),
        hidden_seen_by=row.hidden_seen_by,
        hidden_seen_at=row.hidden_seen_at,
        history=events_of(row),
    )
