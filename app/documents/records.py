"""Document versions as the audit log vouches for them: everything but how far ingestion is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.documents.repository import VersionRepository
from app.documents.tables import DocumentVersionRow
from app.evidence.vouching import Kind, Record, record_digest
from knowledge_bases.schema import VersionKey

# Not here: the progress of ingestion, which changes without an entry, and the files' sizes, which follow from hashes.
_VOUCHED_FOR = (
    *("institution_id", "document_id", "version", "title", "language", "product", "tags", "sibling"),
    *("as_at", "effective_from", "effective_to", "declared_to"),
    *("status", "uploaded_by", "approved_by", "self_published", "created_at", "published_at", "withdrawn_at"),
    *("file_name", "file_sha256", "parse_sha256", "segment", "page_count", "problems"),
)
# Columns that came later count only where they say something: the digests of rows from before stay what they were.
_VOUCHED_FOR_SINCE: dict[str, object] = {
    **{"sector": None, "owner": None, "hidden": 0},
    **{"makers": [], "hidden_seen_by": None, "hidden_seen_at": None, "history": []},
}


def version_record(key: bytes, row: DocumentVersionRow) -> Record:
    """A version with its place in life; the entry repeats its status and the days it counts for."""
    members = {name: getattr(row, name) for name in _VOUCHED_FOR}
    members |= {name: value for name, empty in _VOUCHED_FOR_SINCE.items() if (value := getattr(row, name)) != empty}
    stated = {
        "status": row.status.value,
        "effective_from": None if row.effective_from is None else row.effective_from.isoformat(),
        "effective_to": None if row.effective_to is None else row.effective_to.isoformat(),
    }
    subject_id = subject_of(VersionKey(row.document_id, row.version))
    return Record(Kind.VERSION, subject_id, record_digest(key, Kind.VERSION, members), stated)


def version_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every version of an institution, in no order."""
    for row in VersionRepository(session, institution_id).stream():
        yield version_record(key, row)


def subject_of(key: VersionKey) -> str:
    """How the audit log names a version."""
    return f"{key.document}@{key.version}"
