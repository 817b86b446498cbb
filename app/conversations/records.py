"""Messages as the audit log vouches for them: sealed, so that erased conversations verify as well."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.conversations.repository import MessageRepository
from app.conversations.tables import MessageRow
from app.evidence.audit import FieldValue
from app.evidence.vouching import Kind, Record, record_digest


def message_record(key: bytes, row: MessageRow) -> Record:
    """A message with its place in its conversation."""
    members = {
        "institution_id": row.institution_id,
        "id": row.id,
        "conversation_id": row.conversation_id,
        "seq": row.seq,
        "role": row.role.value,
        "nonce": row.nonce,
        "ciphertext": row.ciphertext,
        "answer_id": row.answer_id,
        "at": row.at,
    }
    stated: dict[str, FieldValue] = {"conversation_id": row.conversation_id, "seq": row.seq}
    return Record(Kind.MESSAGE, row.id, record_digest(key, Kind.MESSAGE, members), stated)


def message_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every message of an institution, in no order."""
    for row in MessageRepository(session, institution_id).stream():
        yield message_record(key, row)
