"""Removals as the audit log vouches for them: every column."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.db.columns import canonical_json
from app.evidence.vouching import Kind, Record, record_digest
from app.removal.repository import RemovalRepository
from app.removal.tables import RemovalRow


def removal_record(key: bytes, row: RemovalRow) -> Record:
    """A removal; the entry repeats which version it was of and whether it is done."""
    members = row.model_dump()
    members["removed"], members["kept"] = canonical_json({"all": row.removed}), canonical_json({"all": row.kept})
    stated = {
        "cause": row.cause.value,
        "document": row.document_id,
        "version": row.version,
        "done": row.done_at is not None,
    }
    return Record(Kind.REMOVAL, row.id, record_digest(key, Kind.REMOVAL, members), stated)


def removal_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every removal of an institution, in no order."""
    for row in RemovalRepository(session, institution_id).stream():
        yield removal_record(key, row)
