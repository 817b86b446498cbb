"""Logging in and out: the cookie, the form's token, the limits, and the demo accounts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.console.desk import Desk
from app.console.mount import mount_console
from app.settings import Settings
from app.staff.demo import DEMO_LOGINS
from app.staff.service import StaffService
from tests.app.console.conftest import Browser
from tests.app.console.world import OWN, PASSWORD, World


def log_in(client: TestClient, name: str, password: str, following: str = "/console/") -> object:
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/console/login").text)
    assert token is not None
    form = {"csrf": token[1], "username": name, "password": password, "next": following}
    return client.post("/console/login", data=form)


def test_the_right_password_opens_a_session_that_scripts_and_other_sites_cannot_use(browser: Browser) -> None:
    client = browser(None)
    response = log_in(client, "maya", PASSWORD, f"/console/{OWN}/documents")
    assert response.status_code == 303
    assert response.headers["location"] == f"/console/{OWN}/documents"
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("candour_console=")
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Path=/console" in cookie
    assert client.get(f"/console/{OWN}/documents").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("maya", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_refusal_does_not_tell_what_was_wrong(browser: Browser, name: str, password: str) -> None:
    response = log_in(browser(None), name, password)
    assert response.status_code == 401
    assert "do not match" in response.text
    assert "candour_console=" not in response.headers.get("set-cookie", "")


def test_too_many_attempts_have_to_wait_even_with_the_right_password(browser: Browser) -> None:
    client = browser(None)
    for _ in range(5):
        log_in(client, "maya", "wrong")
    response = log_in(client, "maya", PASSWORD)
    assert response.status_code == 429
    assert re.search(r"Try again in \d+ min", response.text)


def test_a_login_form_of_another_browser_is_refused(browser: Browser) -> None:
    token = re.search(r'name="csrf" value="([^"]+)"', browser(None).get("/console/login").text)
    assert token is not None
    form = {"csrf": token[1], "username": "maya", "password": PASSWORD}
    assert browser(None).post("/console/login", data=form).status_code == 403


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "/\\evil", "/chat/", "/console/\\x"])
def test_a_login_leads_nowhere_but_into_the_console(browser: Browser, place: str) -> None:
    assert log_in(browser(None), "maya", PASSWORD, place).headers["location"] == "/console/"


def test_after_the_login_the_first_own_institution_is_shown(browser: Browser) -> None:
    response = browser("maya").get("/console/")
    assert (response.status_code, response.headers["location"]) == (303, f"/console/{OWN}")


def test_logging_out_ends_the_session_on_the_server_too(browser: Browser, world: World) -> None:
    client = browser("maya")
    response = client.post("/console/logout", data={"csrf": world.tickets["maya"].csrf_token})
    assert response.headers["location"] == "/console/login"
    assert browser("maya").get(f"/console/{OWN}").status_code == 303


def test_behind_https_the_cookie_is_secure(world: World) -> None:
    settings = Settings(data_dir=world.foundation.settings.data_dir, public_url="https://chat.example", demo=False)
    app = FastAPI()
    mount_console(app, Desk(replace(world.foundation, settings=settings)))
    with TestClient(app, base_url="https://chat.example", follow_redirects=False) as client:
        assert "Secure" in log_in(client, "maya", PASSWORD).headers["set-cookie"]


@pytest.mark.parametrize("demo", [True, False])
def test_demo_passwords_are_listed_in_demo_mode_and_only_then(world: World, demo: bool) -> None:
    settings = Settings(data_dir=world.foundation.settings.data_dir, demo=demo)
    app = FastAPI()
    mount_console(app, Desk(replace(world.foundation, settings=settings), DEMO_LOGINS))
    with TestClient(app) as client:
        text = client.get("/console/login").text
    assert ("Demo mode" in text) is demo
    assert all((login.password in text) is demo for login in DEMO_LOGINS)


@pytest.mark.parametrize("change", ["deactivated", "another password"])
def test_the_next_page_of_a_closed_or_changed_account_is_the_login(browser: Browser, world: World, change: str) -> None:
    client, account = browser("maya"), world.tickets["maya"].account_id
    assert client.get(f"/console/{OWN}").status_code == 200
    with world.foundation.database.write() as session:
        staff = StaffService(session, world.foundation.ledger)
        if change == "deactivated":
            staff.set_active(account, active=False, by="tests")
        else:
            staff.set_password(account, "quite another phrase", by="tests")
    assert client.get(f"/console/{OWN}").headers["location"].startswith("/console/login")
    assert browser("chen").get(f"/console/{OWN}").status_code == 200
