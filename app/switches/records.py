"""Switches and changes of topics as the audit log vouches for them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.evidence.audit import FieldValue
from app.evidence.vouching import Kind, Record, record_digest
from app.switches.repository import SwitchRepository, TopicChangeRepository
from app.switches.tables import SwitchRow, TopicChangeRow


def switch_record(key: bytes, row: SwitchRow) -> Record:
    """A switch, on or lifted."""
    stated: dict[str, FieldValue] = {
        "kind": row.kind.value,
        "subject": row.subject,
        "by": row.by,
        "lift_by": row.lift_by,
        "lifted_by": row.lifted_by,
    }
    members: dict[str, object] = {
        **stated,
        "institution_id": row.institution_id,
        "id": row.id,
        "reason": row.reason,
        "at": row.at,
    }
    members |= {"at": row.at, "lift_at": row.lift_at, "lift_reason": row.lift_reason, "lifted_at": row.lifted_at}
    return Record(Kind.SWITCH, row.id, record_digest(key, Kind.SWITCH, members), stated)


def topic_record(key: bytes, row: TopicChangeRow) -> Record:
    """A change of a topic, waiting or decided."""
    stated: dict[str, FieldValue] = {
        "topic": row.topic,
        "by": row.by,
        "decided_by": row.decided_by,
        "approved": row.approved,
    }
    members: dict[str, object] = {**stated, "institution_id": row.institution_id, "id": row.id, "content": row.content}
    members |= {"reason": row.reason, "at": row.at, "decided_at": row.decided_at}
    return Record(Kind.TOPIC, row.id, record_digest(key, Kind.TOPIC, members), stated)


def switch_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every switch and every change of a topic in one log's scope, in no order."""
    for switch in SwitchRepository(session, institution_id).stream():
        yield switch_record(key, switch)
    for change in TopicChangeRepository(session, institution_id).stream():
        yield topic_record(key, change)
