"""Two banks, and a receiver on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.db.session import Database
from app.evidence.audit import Ledger
from app.webhooks.addresses import AllowedHosts
from app.webhooks.outbox import Outbox
from app.webhooks.service import WebhookService
from app.webhooks.types import Added, Standing
from tests.app.webhooks.receiver import Receiver, receiving
from tests.app.worlds import add_institution, an_institution

BANK, RIVAL = "a-bank", "b-bank"


class House:
    """The outboxes of two banks. ``ahead``: how far their clock is from the real one."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self.database, self.ledger = database, ledger
        self.ahead = timedelta()
        with database.write() as session:
            for bank in (BANK, RIVAL):
                add_institution(session, ledger, an_institution(bank))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database, self.ledger, self.now)

    def add(self, url: str, *kinds: str, bank: str = BANK, hosts: str | None = None) -> Added:
        allowed = AllowedHosts.of(hosts or url.split("/")[2])
        with self.database.write() as session:
            return WebhookService(session, bank, self.ledger).add(url, kinds or ("*",), allowed, "otto")

    def publish(
        self, kind: str = "case.opened", subject: str = "c1", bank: str = BANK, **payload: object
    ) -> str | None:
        with self.database.write() as session:
            return WebhookService(session, bank, self.ledger).publish(kind, subject, payload)

    def standing(self, added: Added) -> Standing:
        with self.database.read() as session:
            service = WebhookService(session, added.webhook.institution_id, self.ledger)
            return service.standings()[added.webhook.id]


@pytest.fixture
def house(database: Database, ledger: Ledger) -> House:
    return House(database, ledger)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened
