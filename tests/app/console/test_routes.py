"""Generated from the router: every route of the console, whatever it will be, is closed to who should not see it."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount

from app.console.mount import ROUTERS
from tests.app.console.conftest import Browser
from tests.app.console.world import FOREIGN, OWN, PUBLISHED, STAFF, World

OPEN_TO_ALL = {("GET", "/login"), ("POST", "/login")}


def routes() -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    ]


GUARDED = [route for route in routes() if route not in OPEN_TO_ALL]
SCOPED = [route for route in GUARDED if "{institution}" in route[1]]


def address(path: str, bank: str, world: World) -> str:
    case = world.foreign_case_id if bank == FOREIGN else world.case_id
    names = {"document": PUBLISHED.document, "version": PUBLISHED.version, "case": case, "batch": "none", "number": 1}
    names |= {"rule": "D01", "change": "none", "conversation": "none"}
    return "/console" + re.sub(r":\w+}", "}", path).format(institution=bank, **names)


def test_the_list_below_is_every_route_the_console_has(app: FastAPI) -> None:
    mount = next(route for route in app.routes if isinstance(route, Mount) and route.path == "/console")
    included = [getattr(route, "original_router", None) for route in mount.routes]
    others = [route for route, router in zip(mount.routes, included, strict=True) if router is None]
    assert [router for router in included if router is not None] == list(ROUTERS)
    assert [getattr(route, "path", None) for route in others] == ["/static"]


@pytest.mark.parametrize(("method", "path"), SCOPED)
@pytest.mark.parametrize("name", ["maya", "hugo"])
def test_a_foreign_institution_is_not_found(browser: Browser, world: World, method: str, path: str, name: str) -> None:
    headers = {"X-CSRF-Token": world.tickets[name].csrf_token}
    response = browser(name).request(method, address(path, FOREIGN, world), headers=headers)
    assert response.status_code == 404
    assert "south" not in response.text


@pytest.mark.parametrize(("method", "path"), SCOPED)
def test_an_institution_that_does_not_exist_looks_the_same(
    browser: Browser, world: World, method: str, path: str
) -> None:
    client = browser("maya")
    foreign = client.request(method, address(path, FOREIGN, world))
    unknown = client.request(method, address(path, "no-such-bank", world))
    assert (unknown.status_code, unknown.text) == (foreign.status_code, foreign.text)


@pytest.mark.parametrize(("method", "path"), [route for route in SCOPED if "{case}" in route[1]])
def test_a_case_of_another_institution_is_not_found_under_the_own_one(
    browser: Browser, world: World, method: str, path: str
) -> None:
    place = address(path, OWN, world).replace(world.case_id, world.foreign_case_id)
    form = {"decision": "approve", "step": "propose", "csrf": world.tickets["hugo"].csrf_token}
    sent = {"data": form} if method == "POST" else {}
    assert browser("hugo").request(method, place, **sent).status_code == 404


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_nobody_is_sent_to_the_login(browser: Browser, world: World, method: str, path: str) -> None:
    response = browser(None).request(method, address(path, OWN, world))
    if path.endswith(".json"):
        assert response.status_code == 401
    else:
        assert response.status_code == 303
        assert response.headers["location"].startswith("/console/login")


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_script_without_login_is_told_401(browser: Browser, world: World, method: str, path: str) -> None:
    response = browser(None).request(method, address(path, OWN, world), headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert response.json()["error"]


@pytest.mark.parametrize(("method", "path"), [r for r in routes() if r[0] != "GET"])
@pytest.mark.parametrize("name", ["maya", "chen", "hugo"])  # together they may write everything there is
@pytest.mark.parametrize("token", [None, "", "of another session"])
def test_a_post_without_the_sessions_token_is_refused(
    browser: Browser, world: World, method: str, path: str, name: str, token: str | None
) -> None:
    form = {} if token is None else {"csrf": token}
    response = browser(name).request(method, address(path, OWN, world), data=form)
    assert response.status_code == 403


@pytest.mark.parametrize(("method", "path"), routes())
def test_every_response_carries_the_consoles_headers(browser: Browser, world: World, method: str, path: str) -> None:
    headers = browser("rita").request(method, address(path, OWN, world)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", STAFF)
def test_no_page_prints_an_object_of_the_program(browser: Browser, world: World, name: str) -> None:
    pages = [address(path, OWN, world) for method, path in SCOPED if method == "GET"]
    printed = re.compile(r"(?:<|&lt;)(?:Macro|Undefined|function|bound method|generator)\b| object at 0x")
    assert [page for page in pages if printed.search(browser(name).get(page).text)] == []
