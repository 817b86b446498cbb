"""Hand-overs as the audit log vouches for them: who had which conversation, and when."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.evidence.audit import FieldValue
from app.evidence.vouching import Kind, Record, record_digest
from app.handover.repository import HandoverRepository
from app.handover.tables import HandoverRow


def handover_record(key: bytes, row: HandoverRow) -> Record:
    """A hand-over; what its customer was told of the queue stands in the messages."""
    members = {
        "institution_id": row.institution_id,
        "id": row.id,
        "conversation_id": row.conversation_id,
        "language": row.language.value,
        "reason": row.reason.value,
        "state": row.state.value,
        "asked_at": row.asked_at,
        "taken_by": row.taken_by,
        "taken_at": row.taken_at,
        "ended_at": row.ended_at,
    }
    stated: dict[str, FieldValue] = {"conversation_id": row.conversation_id, "state": row.state.value}
    return Record(Kind.HANDOVER, row.id, record_digest(key, Kind.HANDOVER, members), stated)


def handover_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every hand-over of an institution, in no order."""
    for row in HandoverRepository(session, institution_id).stream():
        yield handover_record(key, row)
