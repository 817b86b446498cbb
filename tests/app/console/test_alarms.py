"""An alarm stands on every page of the console until it is over: of the rails, or told to a person by a customer."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.cases.service import CaseService
from app.cases.types import ALARM_KEY, Flag, Trigger
from app.console.desk import Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from guardrails.types import Severity
from tests.app.console.conftest import Browser
from tests.app.console.world import FOREIGN, OWN, World

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


def test_what_a_customer_tells_a_person_stands_on_every_reviewers_page_until_it_is_dealt_with(
    browser: Browser, world: World
) -> None:
    with world.foundation.database.write() as session:
        cases = CaseService(session, OWN, world.foundation.ledger)
        conversation = cases.get(world.case_id).conversation_id
        fraud = cases.open(
            Flag(Trigger.FRAUD, Severity.S1, conversation, incident_key=f"{ALARM_KEY}fraud:{conversation}")
        )
    home = f"/console/{OWN}"
    told = f'href="{home}/cases/{fraud.id}">A customer whom a person is talking to tells of a fraud'
    for path in ("", "/documents", "/cases", f"/cases/{world.case_id}", "/rules", "/switches"):
        assert told in browser("rita").get(home + path).text, path
        assert path.startswith("/cases") or "tells of a fraud" not in browser("maya").get(home + path).text
    (line,) = browser("rita").get(f"{home}/cases/alarms.json").json()["alarms"]
    assert line["href"] == f"{home}/cases/{fraud.id}"
    assert fraud.number in line["text"]
    assert browser("maya").get(f"{home}/cases/alarms.json").status_code == 403
    assert "tells of a fraud" not in browser("mallory").get(f"/console/{FOREIGN}").text
    proposed = {"csrf": world.tickets["rita"].csrf_token, "step": "propose"}
    assert browser("rita").post(f"{home}/cases/{fraud.id}/proposal", data=proposed).status_code == 303
    assert "tells of a fraud" in browser("rita").get(home).text, "until a second person confirms it"
    with world.foundation.database.read() as session:
        (proposal,) = CaseService(session, OWN, world.foundation.ledger).proposals(fraud.id)
    form = {"csrf": world.tickets["hugo"].csrf_token, "decision": "approve", "proposal": proposal.id}
    assert browser("hugo").post(f"{home}/cases/{fraud.id}/decision", data=form).status_code == 303
    assert "tells of a fraud" not in browser("rita").get(home).text
    assert browser("rita").get(f"{home}/cases/alarms.json").json() == {"alarms": [], "waiting": 1}
