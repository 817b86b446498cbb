"""The tables of webhooks. Secrets are stored nowhere: they are made from the master key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from app.webhooks.types import EventState, Plain

_WAITS = text("state = 'waiting'")


class WebhookRow(ScopedRow, table=True):
    """A receiver; see ``types.Webhook``."""

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="who_removed"),)

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    url: str
    kinds: list[str] = Field(sa_type=JSON)
    secret_number: int = 1
    both_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed_by: str | None = None


class WebhookEventRow(ScopedRow, table=True):
    """The outbox: an event on its way to one webhook, written in the transaction in which it happened.

    Whoever holds ``lease`` until ``leased_until`` may send it and say what became of it.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "webhook_id"], ["webhook.institution_id", "webhook.id"]),
        Index("webhook_event_due", "next_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    webhook_id: str = Field(primary_key=True)
    kind: str
    subject_id: str
    payload: dict[str, Plain] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    next_at: datetime = Field(sa_type=UtcDateTime)
    lease: str | None = None
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: EventState = Field(default=EventState.WAITING, sa_type=enum_type(EventState))
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    said: str | None = None
