"""The staff's part of ``/v1``: the same people may do the same as in the console, by token, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx import Response
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.api.problems import add_problem_responses
from app.api.staff import ROUTERS, add_staff_routes
from app.console.desk import Desk
from app.console.session import SESSION_COOKIE
from app.evidence.tables import AuditEntryRow
from app.switches.reading import settings_of, topics_of
from app.switches.types import EVERYWHERE, Kind, Mode, Switch
from tests.app.console.world import FOREIGN, OWN, PASSWORD, STAFF, World
from tests.app.small_bank import one_rulebook

Api = Callable[..., Response]
HOME = f"/v1/institutions/{OWN}"
HAND_OFF = {"kind": "hand_off", "reason": "wrong fees"}
NEW_WORDS = "Borrow only what you are sure to repay."


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = FastAPI()
    app.state.desk = Desk(world.foundation)
    add_problem_responses(app)
    add_staff_routes(app)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def api(client: TestClient, world: World) -> Api:
    """Sends a request in somebody's name; None is nobody."""

    def send(name: str | None, method: str, path: str, body: object = None) -> Response:
        headers = {"Authorization": f"Bearer {world.tickets[name].token}"} if name else {}
        address = path if path.startswith("/v1") else HOME + path
        return client.request(method, address, json=body, headers=headers)

    return send


def test_what_went_wrong_is_told_in_words_for_a_program(client: TestClient, api: Api) -> None:
    assert "/v1/staff/sessions" in api(None, "GET", "/rules").json()["detail"]
    assert "ids of institution and rule" in api("rita", "GET", "/rules/nosuch").json()["detail"]
    cut = client.post("/v1/staff/sessions", content=b'{"username": ', headers={"Content-Type": "application/json"})
    assert (cut.status_code, cut.json()["detail"][:31]) == (422, "the body is no JSON from charac")


def on(world: World, bank: str = OWN) -> list[tuple[str, Switch]]:
    with world.foundation.database.read() as session:
        return [(setting.scope, setting.switch) for setting in settings_of(session, bank)]


def told(world: World, scope: str = OWN) -> list[tuple[str, dict[str, Any]]]:
    """What the audit log says of a scope, in order."""
    with world.foundation.database.read() as session:
        rows = session.exec(
            select(AuditEntryRow).where(AuditEntryRow.institution_id == scope).order_by(col(AuditEntryRow.seq))
        ).all()
        return [(row.action, json.loads(row.fields)) for row in rows]


def is_problem(response: Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json().get("detail", ""))


ROUTES = [
    (method, route.path)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]
SCOPED = [route for route in ROUTES if "{institution}" in route[1]]
CHANGING = [
    ("POST", "/switches", HAND_OFF),
    ("POST", "/switches/lift", HAND_OFF),
    ("POST", "/switches/confirm", {"kind": "hand_off", "decision": "lift"}),
    ("POST", "/topics", {"topic": "borrowing", "mode": "hold", "reason": "new fees"}),
    ("POST", "/topics/changes/none", {"decision": "approve"}),
    ("POST", "/rules/changes", {"entry": {"id": "D01"}, "reason": "x"}),
    ("POST", "/rules/changes/none/withdraw", None),
    ("POST", "/rules/changes/none/approve", {"report": "x"}),
    ("POST", "/rules/changes/none/return", {"comment": "x"}),
    ("POST", "/cases/none/edit", {"sentences": []}),
    ("POST", "/cases/none/proposal", {}),
    ("POST", "/cases/none/proposal/none/return", {"comment": "x"}),
    ("POST", "/cases/none/proposal/none/withdraw", None),
    ("POST", "/cases/none/decision", {"decision": "approve"}),
]
REFUSED = {
    "/switches": {"maya", "chen", "rita", "ada"},
    "/topics": {"maya", "chen", "rita", "ada"},
    "/rules/changes": {"chen", "ada", "otto"},
    "/rules/changes/none/withdraw": {"chen", "ada", "otto"},
    "/rules/changes/none/approve": {"maya", "chen", "rita", "ada", "otto"},
    "/rules/changes/none/return": {"maya", "chen", "rita", "ada", "otto"},
    "/cases": {"maya", "chen", "ada", "otto"},
}


def path_of(route: str, bank: str) -> str:
    return route.format(institution=bank, rule="D01", change="none", case="none", proposal="none")


@pytest.mark.parametrize(("method", "path"), SCOPED)
def test_nobody_gets_in_without_a_token_and_none_with_the_consoles_cookie(
    client: TestClient, api: Api, world: World, method: str, path: str
) -> None:
    response = api(None, method, path_of(path, OWN), {})
    is_problem(response, 401)
    assert response.headers["www-authenticate"] == "Bearer"
    client.cookies.set(SESSION_COOKIE, world.tickets["hugo"].token)
    is_problem(api(None, method, path_of(path, OWN), {}), 401)


@pytest.mark.parametrize(("method", "path"), SCOPED)
def test_a_foreign_institution_is_not_found_like_one_that_does_not_exist(api: Api, method: str, path: str) -> None:
    details = {is_problem(api("hugo", method, path_of(path, bank), {}), 404) for bank in (FOREIGN, "nowhere")}
    assert len(details) == 1
    assert "south" not in details.pop()


@pytest.mark.parametrize(("method", "path", "body"), CHANGING)
@pytest.mark.parametrize("name", sorted(STAFF))
def test_who_may_not_is_refused_before_anything_is_looked_at(
    api: Api, world: World, name: str, method: str, path: str, body: object
) -> None:
    refused = next(names for prefix, names in sorted(REFUSED.items(), reverse=True) if path.startswith(prefix))
    response = api(name, method, path, body)
    if name in refused:
        assert "Needed here" in is_problem(response, 403)
        assert on(world) == []
    else:
        assert response.status_code not in (401, 403, 500), response.text


@pytest.mark.parametrize("path", ["/rules", "/rules/D01", "/rules/history", "/switches"])
@pytest.mark.parametrize("name", sorted(STAFF))
def test_everybody_here_may_read(api: Api, name: str, path: str) -> None:
    assert api(name, "GET", path).status_code == 200


def test_logging_in_and_out(client: TestClient, api: Api) -> None:
    wrong = client.post("/v1/staff/sessions", json={"username": "maya", "password": "not it"})
    unknown = client.post("/v1/staff/sessions", json={"username": "nobody", "password": "not it"})
    assert is_problem(wrong, 401) == is_problem(unknown, 401)
    session = client.post("/v1/staff/sessions", json={"username": "maya", "password": PASSWORD})
    assert session.status_code == 201
    headers = {"Authorization": f"Bearer {session.json()['token']}"}
    assert client.get(f"{HOME}/rules/D01", headers=headers).status_code == 200
    assert client.delete("/v1/staff/sessions", headers=headers).status_code == 204
    is_problem(client.get(f"{HOME}/rules/D01", headers=headers), 401)
    is_problem(client.delete("/v1/staff/sessions", headers=headers), 401)


def test_guessing_is_stopped_and_a_password_is_never_told_back(client: TestClient) -> None:
    for _ in range(5):
        client.post("/v1/staff/sessions", json={"username": "maya", "password": "a guess"})
    stopped = client.post("/v1/staff/sessions", json={"username": "maya", "password": PASSWORD})
    assert is_problem(stopped, 429)
    assert int(stopped.headers["retry-after"]) > 0
    odd = client.post("/v1/staff/sessions", json={"username": "maya", "password": ["my secret"]})
    assert "my secret" not in odd.text


def test_the_list_has_every_rule_and_one_rule_its_words_source_and_examples(api: Api) -> None:
    listed = api("maya", "GET", "/rules").json()
    assert {rule.id for rule in one_rulebook().disclosures} <= {rule["id"] for rule in listed["rules"]}
    assert listed["rulebook"] == one_rulebook().version
    rule = api("maya", "GET", "/rules/D01").json()
    assert rule["entry"] == json.loads(json.dumps(one_rulebook().content.entries["D01"]))
    assert set(rule["entry"]["statement"]) == {"en", "zh-Hant", "zh-Hans"}
    assert rule["here"] == "on"
    is_problem(api("maya", "GET", "/rules/D99"), 404)


def test_a_text_is_tried_and_nothing_of_it_comes_back(api: Api) -> None:
    tried = api("ada", "POST", "/rules/try", {"question": "How do I apply for a personal loan?"}).json()
    assert "D01" in {each["rule"] for each in tried["owed"]}
    assert tried["action"] == "allow"
    advice = api("ada", "POST", "/rules/try", {"question": "Which fund should I buy?"}).json()
    assert (advice["action"], advice["reason"]) == ("refuse", "advice")
    is_problem(api("ada", "POST", "/rules/try", {"question": "  "}), 422)
    is_problem(api("ada", "POST", "/rules/try", {"question": "x" * 4001}), 422)


def proposed(api: Api, name: str = "maya", **changes: object) -> dict[str, Any]:
    """Looks at the change of D01's English words, sends it; the change."""
    entry = api(name, "GET", "/rules/D01").json()["entry"]
    entry["statement"]["en"] = NEW_WORDS
    body = {"entry": entry, "reason": "the HKMA says so", **changes}
    looked = api(name, "POST", "/rules/changes", body)
    assert looked.status_code == 200, looked.text
    assert looked.json()["change"] is None
    sent = api(name, "POST", "/rules/changes", {**body, "report": looked.json()["look"]["report"]})
    assert sent.status_code == 200, sent.text
    change: dict[str, Any] = sent.json()["change"]
    return change


def test_a_change_is_looked_at_proposed_and_approved_by_a_second_person(api: Api, world: World, second: str) -> None:
    change = proposed(api)
    assert (change["state"], change["rules"], change["proposed_by"]) == ("proposed", ["D01"], "maya")
    detail = api("hugo", "GET", f"/rules/changes/{change['id']}").json()
    (field,) = detail["changes"][0]["fields"]
    assert field["name"] == "statement.en"
    assert "".join(word["text"] for word in field["words"] if word["fate"] != "removed") == NEW_WORDS
    approve = f"/rules/changes/{change['id']}/approve"
    assert "look at it again" in is_problem(api("hugo", "POST", approve, {"report": "another"}), 409)
    version = api("hugo", "POST", approve, {"report": detail["look"]["report"]})
    assert version.status_code == 200, version.text
    assert (version.json()["proposed_by"], version.json()["approved_by"]) == ("maya", "hugo")
    assert api("maya", "GET", "/rules/D01").json()["entry"]["statement"]["en"] == NEW_WORDS
    history = api("ada", "GET", "/rules/history").json()
    assert history["in_force"] == version.json()["version"]
    diff = f"/rules/diff?before={history['shipped']}&after={history['in_force']}"
    (rule,) = api("ada", "GET", diff).json()
    assert (rule["rule"], [f["name"] for f in rule["fields"]]) == ("D01", ["statement.en"])
    is_problem(api("ada", "GET", f"/rules/diff?before={'0' * 64}&after={history['in_force']}"), 404)
    steps = [(action, fields.get("by")) for action, fields in told(world) if "rule" in action]
    maya, hugo = world.tickets["maya"].account_id, world.tickets["hugo"].account_id
    assert [by for _, by in steps] == [maya, hugo, hugo]


def test_nobody_approves_what_they_proposed(api: Api, second: str) -> None:
    change = proposed(api, "hugo")
    detail = api("hugo", "GET", f"/rules/changes/{change['id']}").json()
    approve = f"/rules/changes/{change['id']}/approve"
    assert "second person" in is_problem(api("hugo", "POST", approve, {"report": detail["look"]["report"]}), 403)
    assert "second person" in is_problem(
        api("hugo", "POST", f"/rules/changes/{change['id']}/return", {"comment": "no"}), 403
    )
    assert api(second, "POST", approve, {"report": detail["look"]["report"]}).status_code == 200


def test_a_change_is_returned_with_a_comment_or_taken_back(api: Api) -> None:
    returned = api("hugo", "POST", f"/rules/changes/{proposed(api)['id']}/return", {"comment": "mend it"})
    assert (returned.json()["state"], returned.json()["comment"]) == ("returned", "mend it")
    own = proposed(api)["id"]
    is_problem(api("rita", "POST", f"/rules/changes/{own}/withdraw"), 403)
    assert api("maya", "POST", f"/rules/changes/{own}/withdraw").json()["state"] == "withdrawn"
    is_problem(api("hugo", "POST", f"/rules/changes/{own}/return", {"comment": "late"}), 409)


def test_what_binds_all_asks_for_the_role_in_every_institution(api: Api) -> None:
    entry = api("maya", "GET", "/rules/D01").json()["entry"]
    body = {"entry": entry, "reason": "x", "everywhere": True}
    assert "Needed here" in is_problem(api("maya", "POST", "/rules/changes", body), 403)


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ({}, 200),
        ({"id": ["D01"]}, 200),
        ({"id": "D01"}, 200),
        ({"id": "D01", "sectors": 5, "tags": 5, "statement": 5, "examples": 5}, 200),
        ({"id": "D01", "statement": {"en": "hidden\u202echaracter"}}, 422),
        ({"id": "D01", "\u202e": "x"}, 422),
        ("D01", 422),
        (None, 422),
    ],
)
def test_an_entry_that_is_no_rule_is_told_and_never_stored(api: Api, entry: object, status: int) -> None:
    body = {"entry": entry, "reason": "x"}
    looked = api("maya", "POST", "/rules/changes", body)
    assert looked.status_code == status, looked.text
    if status == 200:
        assert looked.json()["look"]["problems"]
        report = looked.json()["look"]["report"]
        assert is_problem(api("maya", "POST", "/rules/changes", {**body, "report": report}), 409)
    assert api("maya", "GET", "/rules/history").json()["changes"] == []


def test_a_new_rule_says_so_and_an_old_one_is_no_new_one(api: Api) -> None:
    entry = api("maya", "GET", "/rules/D01").json()["entry"]
    assert "already" in is_problem(
        api("maya", "POST", "/rules/changes", {"entry": entry, "reason": "x", "new": True}), 422
    )


def test_a_switch_is_turned_on_by_one_and_lifted_by_two(api: Api, world: World, second: str) -> None:
    assert api("hugo", "POST", "/switches", HAND_OFF).json()["by"] == "hugo"
    assert on(world) == [(OWN, Switch(Kind.HAND_OFF))]
    assert on(world, FOREIGN) == []
    confirm = {"kind": "hand_off", "decision": "lift"}
    is_problem(api("hugo", "POST", "/switches", HAND_OFF), 422)  # it is on
    is_problem(api(second, "POST", "/switches/confirm", confirm), 422)  # nobody asked
    assert api("hugo", "POST", "/switches/lift", {**HAND_OFF, "reason": "mended"}).json()["lift_asked_by"] == "hugo"
    is_problem(api("hugo", "POST", "/switches/confirm", confirm), 403)
    shown = api("ada", "GET", "/switches").json()
    assert [(s["kind"], s["by"], s["lift_reason"]) for s in shown["on"]] == [("hand_off", "hugo", "mended")]
    lifted = api(second, "POST", "/switches/confirm", confirm).json()
    assert (lifted["by"], lifted["lifted_by"], on(world)) == ("hugo", second, [])
    assert [s["kind"] for s in api("ada", "GET", "/switches").json()["lifted"]] == ["hand_off"]
    assert [action for action, _ in told(world) if action.startswith("switch")] == [
        "switch:set:done",
        "switch:lift:asked",
        "switch:lift:done",
    ]


def test_for_all_institutions_an_operator_turns_and_a_head_may_be_the_second(api: Api, world: World) -> None:
    everywhere = {**HAND_OFF, "everywhere": True}
    is_problem(api("hugo", "POST", "/switches", everywhere), 403)
    assert api("otto", "POST", "/switches", everywhere).status_code == 201
    assert on(world, FOREIGN) == [(EVERYWHERE, Switch(Kind.HAND_OFF))]
    assert api("otto", "POST", "/switches/lift", everywhere).status_code == 200
    confirm = {"kind": "hand_off", "everywhere": True, "decision": "lift"}
    assert api("hugo", "POST", "/switches/confirm", confirm).status_code == 200
    assert on(world, FOREIGN) == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "everything"},
        {"kind": "topic", "subject": "no-such-topic"},
        {"kind": "language", "subject": "fr"},
        {"reason": " "},
        {"reason": "x" * 501},
        {"reason": "hidden\u202e"},
        {"scope": EVERYWHERE},
    ],
)
def test_a_body_that_is_wrong_turns_nothing(api: Api, world: World, change: dict[str, str]) -> None:
    is_problem(api("hugo", "POST", "/switches", {**HAND_OFF, **change}), 422)
    assert on(world) == on(world, FOREIGN) == []


def test_a_topics_release_mode_takes_two(api: Api, world: World, second: str) -> None:
    asked = {"topic": "borrowing", "mode": "hold", "reason": "new fees"}
    change = api("hugo", "POST", "/topics", asked).json()
    assert (change["topic"]["mode"], change["approved"]) == ("hold", None)
    decide = f"/topics/changes/{change['id']}"
    is_problem(api("hugo", "POST", decide, {"decision": "approve"}), 403)
    assert api(second, "POST", decide, {"decision": "approve"}).json()["decided_by"] == second
    with world.foundation.database.read() as session:
        assert topics_of(session, OWN)["borrowing"].mode is Mode.HOLD
    composed = api("hugo", "POST", "/topics", {**asked, "composer": "quote"}).json()
    assert (composed["topic"]["mode"], composed["topic"]["composer"]) == ("hold", "quote")
    decide = f"/topics/changes/{composed['id']}"
    assert api(second, "POST", decide, {"decision": "approve"}).status_code == 200
    kept = api("hugo", "POST", "/topics", {**asked, "mode": "auto"}).json()
    assert (kept["topic"]["mode"], kept["topic"]["composer"]) == ("auto", "quote")
    is_problem(api("hugo", "POST", "/topics", {**asked, "topic": "of-nothing", "title": "Nothing"}), 422)
