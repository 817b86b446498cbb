"""API keys as the audit log vouches for them: a scope or a limit that was widened by hand shows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.api_keys.repository import ApiKeyRepository
from app.api_keys.tables import ApiKeyRow
from app.evidence.audit import FieldValue
from app.evidence.vouching import Kind, Record, record_digest


def key_record(key: bytes, row: ApiKeyRow) -> Record:
    """A key with what it may, good or revoked; what it has asked is no part of it."""
    stated: dict[str, FieldValue] = {"by": row.by, "scopes": ",".join(row.scopes), "revoked_by": row.revoked_by}
    members: dict[str, object] = {**stated, "institution_id": row.institution_id, "id": row.id, "digest": row.digest}
    members |= {"name": row.name, "a_minute": row.a_minute, "at_once": row.at_once, "a_day": row.a_day}
    members |= {"at": row.at, "expires_at": row.expires_at, "revoked_at": row.revoked_at}
    return Record(Kind.API_KEY, row.id, record_digest(key, Kind.API_KEY, members), stated)


def key_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every key of an institution, in no order."""
    for row in ApiKeyRepository(session, institution_id).stream():
        yield key_record(key, row)
