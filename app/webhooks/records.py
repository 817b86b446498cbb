"""Webhooks as the audit log vouches for them: an address that was changed by hand shows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.evidence.audit import FieldValue
from app.evidence.vouching import Kind, Record, record_digest
from app.webhooks.repository import WebhookRepository
from app.webhooks.tables import WebhookRow


def webhook_record(key: bytes, row: WebhookRow) -> Record:
    """A webhook, also one that was removed. The entry does not repeat the address: its path may hold a token."""
    stated: dict[str, FieldValue] = {"by": row.by, "kinds": ",".join(row.kinds), "removed_by": row.removed_by}
    members: dict[str, object] = {**stated, "institution_id": row.institution_id, "id": row.id, "url": row.url}
    members |= {"secret_number": row.secret_number, "both_until": row.both_until}
    members |= {"at": row.at, "removed_at": row.removed_at}
    return Record(Kind.WEBHOOK, row.id, record_digest(key, Kind.WEBHOOK, members), stated)


def webhook_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every webhook of an institution, in no order."""
    for row in WebhookRepository(session, institution_id).stream():
        yield webhook_record(key, row)
