"""Taking events out of the outbox, one worker at a time, and writing down what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.db.columns import new_id, now_utc
from app.db.session import Database
from app.evidence.audit import Ledger
from app.webhooks.repository import OutboxRepository, WebhookRepository
from app.webhooks.service import webhook_of
from app.webhooks.signing import secret_of
from app.webhooks.tables import WebhookEventRow
from app.webhooks.types import MOST_TRIES, Claimed, Event, EventState, Reply, Webhook, pause_s

LEASE = timedelta(seconds=60)  # far longer than a try may take: after that its worker counts as gone
LONGEST_WAIT_FOR_OTHERS = timedelta(seconds=60)  # of events whose webhook did not take another one
KEPT = {EventState.DELIVERED: timedelta(days=30), EventState.DEAD: timedelta(days=90)}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outbox:
    """The outboxes of all institutions, as one worker sees them. Raises DatabaseAway (all methods)."""

    database: Database
    ledger: Ledger
    now: Callable[[], datetime] = now_utc

    def claim(self, institution_id: str, limit: int) -> tuple[Claimed, ...]:
        """At most ``limit`` events that are due and that nobody else is at; this worker has them for ``LEASE``."""
        now, lease = self.now(), new_id()
        with self.database.write() as session:
            outbox = OutboxRepository(session, institution_id)
            webhooks = {row.id: webhook_of(row) for row in WebhookRepository(session, institution_id).all()}
            rows = outbox.due(now, limit)
            for row in rows:
                if row.webhook_id not in webhooks:  # published while its webhook was removed
                    row.state, row.ended_at, row.said = EventState.DEAD, now, "removed"
                elif row.tries >= MOST_TRIES:  # the worker of its last try is gone
                    row.state, row.ended_at, row.said = EventState.DEAD, now, row.said or "unsettled"
                    log.error("webhook.dead", institution_id=institution_id, action=row.kind, attempt=row.tries)
                else:
                    row.lease, row.leased_until, row.tries = lease, now + LEASE, row.tries + 1
                outbox.save(row)
            held = [row for row in rows if row.state is EventState.WAITING]
            return tuple(self._claimed(row, webhooks[row.webhook_id], lease) for row in held)

    def settle(self, claimed: Claimed, reply: Reply) -> bool:
        """Writes down how a try ended; False where the event is somebody else's by now, and nothing was written."""
        now, event = self.now(), claimed.event
        with self.database.write() as session:
            WebhookRepository(session, event.institution_id).lock(claimed.webhook.id)
            outbox = OutboxRepository(session, event.institution_id)
            row = outbox.leased(event.id, claimed.webhook.id, claimed.lease)
            if row is None:
                return False
            row.lease = row.leased_until = None
            row.said = None if reply.well else reply.said
            if reply.well or row.tries >= MOST_TRIES:
                row.state, row.ended_at = EventState.DELIVERED if reply.well else EventState.DEAD, now
            else:
                row.next_at = now + timedelta(seconds=pause_s(row.tries))
            outbox.save(row)
            if not reply.well:
                outbox.postpone(row.webhook_id, min(row.next_at, now + LONGEST_WAIT_FOR_OTHERS))
        if row.state is EventState.DEAD:
            log.error("webhook.dead", institution_id=event.institution_id, action=event.kind, attempt=row.tries)
        return True

    def forget(self, institution_id: str) -> None:
        """Removes what ended long ago."""
        with self.database.write() as session:
            outbox = OutboxRepository(session, institution_id)
            for state, kept in KEPT.items():
                outbox.forget(state, self.now() - kept)

    def _claimed(self, row: WebhookEventRow, webhook: Webhook, lease: str) -> Claimed:
        event = Event(row.id, row.institution_id, row.kind, row.subject_id, row.payload, row.at)
        return Claimed(event, webhook, lease, self._secrets(webhook))

    def _secrets(self, webhook: Webhook) -> tuple[str, ...]:
        newest = webhook.secret_number
        both = webhook.both_until is not None and self.now() < webhook.both_until
        numbers = (newest, newest - 1) if both and newest > 1 else (newest,)
        return tuple(secret_of(self.ledger.master, webhook.institution_id, webhook.id, number) for number in numbers)
