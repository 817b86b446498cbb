"""Whoever locks several rows takes them in one order: on a real PostgreSQL nobody waits for one who waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from app.conversations.service import ConversationService
from app.db.session import Database
from app.evidence.audit import Ledger
from app.webhooks.outbox import Outbox
from app.webhooks.repository import OutboxRepository
from app.webhooks.service import WebhookService
from app.webhooks.types import EventState, Reply
from knowledge_bases.schema import Language
from tests.app.webhooks.conftest import BANK, House
from tests.conftest import empty

pytestmark = pytest.mark.postgres

URL = "https://desk.bank.example/candour"
FAILED = Reply(False, "status_500")
WAIT_S = 20.0
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def house(postgres_engine: Engine, ledger: Ledger) -> House:
    empty(postgres_engine)
    return House(Database(postgres_engine), ledger)


class Beside:
    """A step that runs in a thread of its own; what it raised is raised by ``done``."""

    def __init__(self, step: Callable[[], object]) -> None:
        self._step, self._raised = step, list[Exception]()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._step()
        except Exception as error:
            self._raised.append(error)

    def done(self) -> None:
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        if self._raised:
            raise self._raised[0]


def until_somebody_waits(engine: Engine) -> None:
    """Returns once a connection waits for a lock."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        with engine.connect() as connection:
            if connection.execute(_WAITING).scalar_one():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits for a lock")


def test_a_webhook_is_removed_while_an_event_of_it_is_settled(
    house: House, postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = house.add(URL)
    outbox = Outbox(house.database, house.ledger)
    house.publish()
    (earlier,) = outbox.claim(BANK, 1)
    outbox.settle(earlier, FAILED)  # waits to be tried again, and is removed before the one that is being settled
    house.publish()
    (leased,) = outbox.claim(BANK, 1)
    postpone, reached = OutboxRepository.postpone, threading.Event()

    def slowly(self: OutboxRepository, *given: object) -> None:
        reached.set()
        until_somebody_waits(postgres_engine)
        postpone(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(OutboxRepository, "postpone", slowly)
    settling = Beside(lambda: outbox.settle(leased, FAILED))
    assert reached.wait(WAIT_S)
    with house.database.write() as session:
        WebhookService(session, BANK, house.ledger).remove(added.webhook.id, "otto")
    settling.done()
    with house.database.read() as session:
        events = OutboxRepository(session, BANK).of(added.webhook.id, EventState.WAITING)
        assert list(events) == []


def test_one_who_erases_several_conversations_meets_one_who_erases_one_of_them(
    house: House, postgres_engine: Engine
) -> None:
    with house.database.write() as session:
        conversations = ConversationService(session, BANK, house.ledger)
        first, second = (conversations.start(Language.EN, "http://localhost").id for _ in range(2))

    def erase_the_second() -> None:
        with house.database.write() as session:
            ConversationService(session, BANK, house.ledger).erase(second, "otto")

    with house.database.write() as session:
        service = ConversationService(session, BANK, house.ledger)
        service.erase(first, "mei")
        beside = Beside(erase_the_second)
        until_somebody_waits(postgres_engine)
        service.erase(second, "mei")
    beside.done()
    with house.database.read() as session:
        assert ConversationService(session, BANK, house.ledger).vault.destroyed() == {first, second}
