"""Who is told what: webhooks are set up, and what happens is put into the outbox in the transaction it happens in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session

from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger
from app.webhooks.addresses import AllowedHosts
from app.webhooks.errors import KindUnknown, PayloadRefused, TooManyWebhooks
from app.webhooks.records import webhook_record
from app.webhooks.repository import OutboxRepository, WebhookRepository
from app.webhooks.signing import secret_of
from app.webhooks.tables import WebhookEventRow, WebhookRow
from app.webhooks.types import (
    BOTH_SECRETS,
    MOST_PAYLOAD_FIELDS,
    TEST,
    Added,
    EventState,
    Plain,
    Standing,
    Webhook,
    is_kind,
    is_plain,
    is_wish,
)

MOST_WEBHOOKS = 10


class WebhookService:
    """The webhooks of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._webhooks = WebhookRepository(session, institution_id)
        self._outbox = OutboxRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._master = ledger.master
        self._institution_id = institution_id

    def publish(self, kind: str, subject_id: str, payload: Mapping[str, object]) -> str | None:
        """Put an event into the outbox, for every webhook that wants its kind: it is sent once this is committed.

        Returns its id; None where nobody wants it, and nothing is stored.

        Raises:
            PayloadRefused: it would carry more than ids, states, numbers and times. KindUnknown: no kind of event.
        """
        plain = _checked(kind, {"subject": subject_id, **payload})
        wanting = [row for row in self._webhooks.all() if webhook_of(row).wants(kind)]
        return self._put(kind, subject_id, plain, wanting) if wanting else None

    def test(self, webhook_id: str) -> str:
        """Put an event into the outbox that says nothing; its id.

        Raises:
            WebhookNotFound: there is none in this institution.
        """
        return self._put(TEST, webhook_id, {}, [self._webhooks.get(webhook_id)])

    def add(self, url: str, kinds: Collection[str], allowed: AllowedHosts, by: str) -> Added:
        """Set up a webhook; its secret is told now and never again.

        Raises:
            AddressRefused, KindUnknown, TooManyWebhooks.
        """
        allowed.check_url(url)
        for kind in kinds or ("",):
            if not is_wish(kind):
                raise KindUnknown(kind)
        self._audit.lock()
        if len(self._webhooks.all()) >= MOST_WEBHOOKS:
            raise TooManyWebhooks(MOST_WEBHOOKS)
        row = WebhookRow(
            institution_id=self._institution_id, id=new_id(), url=url, kinds=sorted(set(kinds)), by=by, at=now_utc()
        )
        self._webhooks.add(row)
        self._audit.append(webhook_record(self._master.audit, row).happening("add:done"))
        return self._added(row)

    def change_secret(self, webhook_id: str, by: str) -> Added:
        """A new secret; for ``BOTH_SECRETS`` from now on everything is signed with the earlier one too.

        Raises:
            WebhookNotFound: there is none in this institution.
        """
        self._audit.lock()
        row = self._webhooks.get(webhook_id)
        row.secret_number, row.both_until = row.secret_number + 1, now_utc() + BOTH_SECRETS
        self._webhooks.save(row)
        self._audit.append(webhook_record(self._master.audit, row).happening("secret:changed", changed_by=by))
        return self._added(row)

    def remove(self, webhook_id: str, by: str) -> Webhook:
        """Send nothing there any more; what waits is not sent.

        Raises:
            WebhookNotFound: there is none in this institution.
        """
        self._audit.lock()
        self._webhooks.lock(webhook_id)
        row = self._webhooks.get(webhook_id)
        row.removed_at, row.removed_by = now_utc(), by
        self._webhooks.save(row)
        for event in self._outbox.of(webhook_id, EventState.WAITING):
            event.state, event.ended_at, event.said = EventState.DEAD, row.removed_at, "removed"
            self._outbox.save(event)
        self._audit.append(webhook_record(self._master.audit, row).happening("remove:done"))
        return webhook_of(row)

    def send_again(self, webhook_id: str, by: str) -> int:
        """Try what was given up once more, from the first try on; how many events.

        Raises:
            WebhookNotFound: there is none in this institution.
        """
        self._audit.lock()
        self._webhooks.lock(webhook_id)
        row = self._webhooks.get(webhook_id)
        dead = self._outbox.of(webhook_id, EventState.DEAD)
        for event in dead:
            event.state, event.tries, event.next_at, event.ended_at = EventState.WAITING, 0, now_utc(), None
            self._outbox.save(event)
        self._audit.append(webhook_record(self._master.audit, row).happening("send:again", asked_by=by))
        return len(dead)

    def all(self) -> tuple[Webhook, ...]:
        """Every webhook, the oldest first."""
        return tuple(webhook_of(row) for row in self._webhooks.all())

    def standings(self) -> dict[str, Standing]:
        """How the events of each webhook are, by its id."""
        counts, said = self._outbox.counts(), self._outbox.last_failures()
        return {
            row.id: Standing(
                counts.get((row.id, EventState.WAITING), 0),
                counts.get((row.id, EventState.DELIVERED), 0),
                counts.get((row.id, EventState.DEAD), 0),
                said.get(row.id),
            )
            for row in self._webhooks.all()
        }

    def _put(self, kind: str, subject_id: str, payload: dict[str, Plain], to: list[WebhookRow]) -> str:
        event_id, now = new_id(), now_utc()
        for webhook in to:
            row = WebhookEventRow(
                institution_id=self._institution_id,
                id=event_id,
                webhook_id=webhook.id,
                kind=kind,
                subject_id=subject_id,
                payload=payload,
                at=now,
                next_at=now,
            )
            self._outbox.add(row)
        return event_id

    def _added(self, row: WebhookRow) -> Added:
        return Added(webhook_of(row), secret_of(self._master, row.institution_id, row.id, row.secret_number))


def webhook_of(row: WebhookRow) -> Webhook:
    """The webhook of a row."""
    return Webhook(
        row.institution_id, row.id, row.url, tuple(row.kinds), row.by, row.at, row.secret_number, row.both_until
    )


def _checked(kind: str, said: Mapping[str, object]) -> dict[str, Plain]:
    """What an event carries beside its subject. Raises PayloadRefused and KindUnknown."""
    if not is_kind(kind):
        raise KindUnknown(kind)
    if len(said) > MOST_PAYLOAD_FIELDS:
        raise PayloadRefused(kind, f"{len(said)} fields")
    plain: dict[str, Plain] = {}
    for name, value in said.items():
        if not (is_plain(name) and (value is None or isinstance(value, str | int)) and is_plain(value)):
            raise PayloadRefused(kind, name)
        plain[name] = value
    plain.pop("subject")
    return plain
