"""What people read when something is refused or breaks."""

from __future__ import annotations

from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from app.console.session import SESSION_COOKIE
from tests.app.console.conftest import Browser
from tests.app.console.world import OWN, World
from tests.fakes.absence import away


def test_a_mistake_of_ours_shows_no_words_of_it_and_keeps_the_headers(app: FastAPI, world: World) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    client.cookies.set(SESSION_COOKIE, world.tickets["maya"].token, path="/console")
    with world.foundation.database.write() as session:
        session.execute(text("DROP TABLE document_version"))
    response = client.get(f"/console/{OWN}/documents")
    assert response.status_code == 500
    assert "on our side" in response.text
    assert "document_version" not in response.text
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_a_call_back_of_an_erased_conversation_is_refused_in_words(browser: Browser, world: World) -> None:
    address = f"/console/{OWN}/cases/{world.erased_case_id}/call-back"
    response = browser("rita").post(address, data={"csrf": world.tickets["rita"].csrf_token})
    assert response.status_code == 200  # it asked for no call-back: the case is shown again
    assert "were erased" in response.text


def test_an_address_that_is_none_is_a_page_of_ours(browser: Browser) -> None:
    response = browser("maya").get(f"/console/{OWN}/no-such-room")
    assert response.status_code == 404
    assert "To the overview" in response.text


def test_the_address_of_a_form_opened_as_a_page_is_a_page_of_ours(browser: Browser) -> None:
    response = browser("maya").get(f"/console/{OWN}/rules/propose")
    assert response.status_code == 404
    assert "To the overview" in response.text


def test_another_method_is_not_allowed(browser: Browser) -> None:
    assert browser("maya").delete(f"/console/{OWN}/documents").status_code == 405


def test_files_of_the_console_are_served_and_nothing_else(browser: Browser) -> None:
    assert browser(None).get("/console/static/console.css").status_code == 200
    assert browser(None).get("/console/static/../templates/login.html").status_code in {303, 404}


def test_pages_carry_no_inline_script_or_style(browser: Browser, world: World) -> None:
    for path in ("", "/documents", "/cases", f"/cases/{world.case_id}"):
        page = browser("hugo").get(f"/console/{OWN}{path}").text
        for inline in ("<style", " style=", " onclick=", "<script>"):
            assert inline not in page


def test_while_the_database_is_away_there_is_a_page_in_words_and_nothing_breaks(browser: Browser, world: World) -> None:
    client = browser("maya")  # which raises what no handler takes
    with away(world.foundation.database):
        page = client.get(f"/console/{OWN}/documents")
        script = client.get(f"/console/{OWN}/documents/progress.json")
    assert (page.status_code, script.status_code) == (503, 503)
    assert page.headers["retry-after"] == "10"
    assert "Reload the page in a minute" in page.text
    assert "reach its records" in script.json()["error"]
