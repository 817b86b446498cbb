"""The rows of one institution's webhooks and of its outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select, update

from app.db.repository import ScopedRepository
from app.webhooks.errors import WebhookNotFound
from app.webhooks.tables import WebhookEventRow, WebhookRow
from app.webhooks.types import EventState


class WebhookRepository(ScopedRepository[WebhookRow]):
    """Webhooks that are not removed."""

    table = WebhookRow

    def get(self, webhook_id: str) -> WebhookRow:
        """The webhook.

        Raises:
            WebhookNotFound: there is none in this institution, or not any more.
        """
        row = self.find(WebhookRow.id == webhook_id, col(WebhookRow.removed_at).is_(None))
        if row is None:
            raise WebhookNotFound(webhook_id)
        return row

    def lock(self, webhook_id: str) -> None:
        """Until the transaction ends nobody else changes the events of a webhook, removed or not; others may be added.

        Whoever changes several of them takes this first, and the head of the log before it: in one order nobody waits
        for one who waits for them.
        """
        own = self.rows().where(WebhookRow.id == webhook_id)
        self.session.exec(own.with_for_update(key_share=True)).one_or_none()

    def all(self) -> Sequence[WebhookRow]:
        """Every webhook, the oldest first."""
        own = self.rows().where(col(WebhookRow.removed_at).is_(None))
        return self.session.exec(own.order_by(col(WebhookRow.at), col(WebhookRow.id))).all()


class OutboxRepository(ScopedRepository[WebhookEventRow]):
    """Events on their way."""

    table = WebhookEventRow

    def due(self, now: datetime, limit: int) -> Sequence[WebhookEventRow]:
        """The oldest that may be tried now and nobody is at, locked until the transaction ends."""
        free = col(WebhookEventRow.leased_until).is_(None) | (col(WebhookEventRow.leased_until) <= now)
        own = self.rows().where(WebhookEventRow.state == EventState.WAITING, WebhookEventRow.next_at <= now, free)
        oldest = own.order_by(col(WebhookEventRow.next_at), col(WebhookEventRow.id)).limit(limit)
        return self.session.exec(oldest.with_for_update(skip_locked=True)).all()

    def leased(self, event_id: str, webhook_id: str, lease: str) -> WebhookEventRow | None:
        """An event that is waiting and still held by ``lease``, locked; None where it is somebody else's by now."""
        named = (WebhookEventRow.id == event_id, WebhookEventRow.webhook_id == webhook_id)
        held = (WebhookEventRow.lease == lease, WebhookEventRow.state == EventState.WAITING)
        return self.session.exec(self.rows().where(*named, *held).with_for_update()).one_or_none()

    def counts(self) -> dict[tuple[str, EventState], int]:
        """How many events there are by webhook and state."""
        by = (col(WebhookEventRow.webhook_id), col(WebhookEventRow.state))
        counted = select(*by, func.count()).where(WebhookEventRow.institution_id == self.institution_id).group_by(*by)
        return {(webhook_id, state): count for webhook_id, state, count in self.session.exec(counted)}

    def last_failures(self) -> dict[str, str]:
        """How the latest try of an event that is not delivered ended, by webhook."""
        by, latest = (col(WebhookEventRow.webhook_id), col(WebhookEventRow.said)), func.max(WebhookEventRow.next_at)
        own = (WebhookEventRow.institution_id == self.institution_id, col(WebhookEventRow.said).is_not(None))
        failed = select(*by).where(*own, WebhookEventRow.state != EventState.DELIVERED).group_by(*by).order_by(latest)
        return {webhook_id: said for webhook_id, said in self.session.exec(failed) if said}

    def postpone(self, webhook_id: str, until: datetime) -> None:
        """A webhook's other events wait, too: a receiver that is away costs a few tries, not one an event."""
        others = (
            col(WebhookEventRow.institution_id) == self.institution_id,
            col(WebhookEventRow.webhook_id) == webhook_id,
            col(WebhookEventRow.state) == EventState.WAITING,
            col(WebhookEventRow.lease).is_(None),
            col(WebhookEventRow.next_at) < until,
        )
        self.session.exec(update(WebhookEventRow).where(*others).values(next_at=until))

    def of(self, webhook_id: str, state: EventState) -> Sequence[WebhookEventRow]:
        """A webhook's events in a state, the oldest first."""
        own = self.rows().where(WebhookEventRow.webhook_id == webhook_id, WebhookEventRow.state == state)
        return self.session.exec(own.order_by(col(WebhookEventRow.at), col(WebhookEventRow.id))).all()

    def forget(self, state: EventState, ended_before: datetime) -> int:
        """Removes events that ended so long ago and that nobody is at; how many."""
        old = self.rows().where(WebhookEventRow.state == state, col(WebhookEventRow.ended_at) < ended_before)
        rows = self.session.exec(old.with_for_update(skip_locked=True)).all()
        for row in rows:
            self.session.delete(row)
        return len(rows)
