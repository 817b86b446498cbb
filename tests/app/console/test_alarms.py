"""An alarm of the rails stands on every page of the console until it is over."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.console.desk import Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from tests.app.console.world import OWN, World

ALARM = "A benign question does not pass the rails: every answer is held"


def test_an_alarm_of_the_rails_stands_on_every_page(world: World) -> None:
    alarms = [ALARM]
    app = FastAPI()
    mount_console(app, Desk(world.foundation, alarms=lambda institution_id: tuple(alarms)))
    with TestClient(app) as client:
        client.cookies.set(SESSION_COOKIE, next(iter(world.tickets.values())).token, path="/console")
        pages = [f"/console/{OWN}", f"/console/{OWN}/documents"]
        assert all(ALARM in client.get(page).text for page in pages)
        alarms.clear()
        assert not any(ALARM in client.get(page).text for page in pages)
