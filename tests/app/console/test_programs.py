"""The Programs room: heads and operators make keys and webhooks, auditors look, and a secret is shown once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import text

from app.api_keys.door import KeyDoor
from app.api_keys.errors import KeyOver
from app.api_keys.service import ApiKeyService
from app.api_keys.types import Scope
from app.console.desk import Desk
from app.console.mount import mount_console
from app.webhooks.outbox import Outbox
from app.webhooks.service import WebhookService
from app.webhooks.types import MOST_TRIES, Reply, Webhook
from tests.app.console.conftest import Browser
from tests.app.console.world import OWN, SCRIPT, World

ROOM = f"/console/{OWN}/programs"
KEY = {"name": "website", "answers": "1", "a_minute": "60", "at_once": "4", "a_day": "1000", "days": "90"}
HOOK = {"url": "https://desk.bank.example/hook/the-token", "case.*": "1"}


@pytest.fixture
def world(world: World) -> World:
    settings = world.foundation.settings.model_copy(update={"webhook_hosts": "desk.bank.example"})
    return replace(world, foundation=replace(world.foundation, settings=settings))


@pytest.fixture
def app(world: World) -> FastAPI:
    app = FastAPI()
    mount_console(app, Desk(world.foundation))
    return app


def send(browser: Browser, world: World, name: str, step: str, form: dict[str, str]) -> Response:
    return browser(name).post(f"{ROOM}{step}", data={**form, "csrf": world.tickets[name].csrf_token})


def test_only_heads_and_operators_change_what_auditors_may_see(browser: Browser, world: World) -> None:
    for name, sees in {"maya": 403, "chen": 403, "rita": 403, "ada": 200, "hugo": 200, "otto": 200}.items():
        assert browser(name).get(ROOM).status_code == sees
        assert browser(name).get(f"{ROOM}/webhooks").status_code == sees
        assert ("Programs</a>" in browser(name).get(f"/console/{OWN}").text) == (sees == 200)
    for name in ("maya", "rita", "ada"):
        for step, form in {"/keys": KEY, "/webhooks": HOOK}.items():
            assert send(browser, world, name, step, form).status_code == 403
    assert "Make the key" not in browser("ada").get(ROOM).text


def test_a_key_is_shown_once_and_can_be_revoked(browser: Browser, world: World) -> None:
    page = send(browser, world, "hugo", "/keys", {**KEY, "name": SCRIPT}).text
    assert SCRIPT not in page
    found = re.search(r"ck_[a-z-]+_[0-9a-f]{12}_[0-9a-f]{64}", page)
    assert found
    database, ledger = world.foundation.database, world.foundation.ledger
    key = KeyDoor(database, ledger).read(found[0], Scope.ANSWERS)
    again = browser("hugo").get(ROOM).text
    assert found[0] not in again
    assert key.public in again
    assert send(browser, world, "otto", "/keys/revoke", {"key": key.id}).status_code == 303
    with pytest.raises(KeyOver):
        KeyDoor(database, ledger).read(found[0], Scope.ANSWERS)
    assert "revoked by otto" in browser("ada").get(ROOM).text
    assert send(browser, world, "otto", "/keys/revoke", {"key": key.id}).status_code == 409
    assert send(browser, world, "otto", "/keys/revoke", {"key": "gone"}).status_code == 404


@pytest.mark.parametrize("wrong", [{"answers": ""}, {"days": "x"}, {"days": "9999"}, {"name": " "}, {"a_day": "-1"}])
def test_a_key_that_cannot_be_made_is_not(browser: Browser, world: World, wrong: dict[str, str]) -> None:
    assert send(browser, world, "hugo", "/keys", {**KEY, **wrong}).status_code in (400, 409, 422)
    with world.foundation.database.read() as session:
        assert ApiKeyService(session, OWN, world.foundation.ledger).all() == ()


def test_a_webhook_is_set_up_with_its_secret_shown_once(browser: Browser, world: World) -> None:
    page = send(browser, world, "otto", "/webhooks", HOOK).text
    found = re.search(r"whs_[0-9a-f]{64}", page)
    assert found
    again = browser("otto").get(f"{ROOM}/webhooks").text
    assert found[0] not in again
    assert "desk.bank.example" in again
    assert "the-token" not in again
    (webhook_id,) = [webhook.id for webhook in webhooks(world)]
    renewed = send(browser, world, "otto", "/webhooks/secret", {"webhook": webhook_id}).text
    assert "whs_" in renewed
    assert found[0] not in renewed
    assert (
        send(browser, world, "otto", "/webhooks/change", {"webhook": webhook_id, "step": "remove"}).status_code == 303
    )
    assert webhooks(world) == ()


def test_what_was_given_up_is_named_and_can_be_sent_again(browser: Browser, world: World) -> None:
    send(browser, world, "otto", "/webhooks", HOOK)
    (webhook,) = webhooks(world)
    send(browser, world, "otto", "/webhooks/change", {"webhook": webhook.id, "step": "test"})
    outbox = Outbox(world.foundation.database, world.foundation.ledger)
    (claimed,) = outbox.claim(OWN, 1)
    with world.foundation.database.write() as session:
        session.execute(text("UPDATE webhook_event SET tries = :most"), {"most": MOST_TRIES})
    outbox.settle(claimed, Reply(False, "status_500"))
    page = browser("otto").get(f"{ROOM}/webhooks").text
    assert "1 given up" in page
    assert "status_500" in page
    send(browser, world, "otto", "/webhooks/change", {"webhook": webhook.id, "step": "again"})
    assert len(outbox.claim(OWN, 10)) == 1


@pytest.mark.parametrize("url", ["https://evil.example/", "http://desk.bank.example/", "nonsense"])
def test_events_cannot_be_sent_to_a_host_that_is_not_listed(browser: Browser, world: World, url: str) -> None:
    assert send(browser, world, "otto", "/webhooks", {**HOOK, "url": url}).status_code == 409
    assert webhooks(world) == ()


def webhooks(world: World) -> tuple[Webhook, ...]:
    with world.foundation.database.read() as session:
        return WebhookService(session, OWN, world.foundation.ledger).all()
