"""What people type: which characters and facts are taken, what is kept of it, and that nothing of it is our mistake."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import event
from starlette.testclient import TestClient

from app.console.render import TEMPLATES
from app.documents.editing import facts_digest
from app.hong_kong import today_in_hong_kong
from app.staff.service import StaffService
from app.staff.types import Role
from knowledge_bases.schema import Language, Sector, VersionKey
from tests.app.console.conftest import Browser
from tests.app.console.test_knowledge import edit, place, stored, upload
from tests.app.console.test_routes import address, routes
from tests.app.console.world import IN_REVIEW, OWN, PUBLISHED, READY, World

TOMORROW = (today_in_hong_kong() + timedelta(days=1)).isoformat()
FREE = ("reason",)  # tried first, before another field has brought a step about
NEW = VersionKey("travel-notice", "2026-12")


@pytest.fixture
def strict(world: World) -> World:
    """As PostgreSQL: no text with a NUL is taken, neither to store nor to look for."""

    def refuse(_c: object, _cursor: object, _statement: str, parameters: Any, *_: object) -> None:
        rows = parameters if isinstance(parameters, list) else [parameters]
        if any(isinstance(value, str) and "\0" in value for row in rows for value in row):
            raise ValueError("PostgreSQL text fields cannot contain NUL (0x00) bytes")

    event.listen(world.foundation.database.engine, "before_cursor_execute", refuse)
    return world


def fields_of_forms() -> set[str]:
    return {
        name
        for page in TEMPLATES.glob("*.html")
        for name in re.findall(r'(?:name=|field\()"([a-z_]+)"', page.read_text())
    }


@pytest.mark.parametrize("path", sorted({path for method, path in routes() if method == "POST"}))
def test_no_field_of_any_form_breaks_over_a_character_nobody_sees(browser: Browser, strict: World, path: str) -> None:
    with strict.foundation.database.write() as session:
        staff = StaffService(session, strict.foundation.ledger)
        for role in Role:
            staff.grant(strict.tickets["maya"].account_id, OWN, role, by="tests")
    client = browser("maya")
    right = {
        **{"csrf": strict.tickets["maya"].csrf_token, "title": "Card fees", "language": "en", "version": "2026-12"},
        **{"decision": "reject", "reason": "wrong", "effective_to": TOMORROW, "username": "maya", "password": "x"},
    }
    for field in sorted(fields_of_forms() - {"csrf"}, key=lambda field: (field not in FREE, field)):
        for key in (PUBLISHED, READY):
            place = address(path, OWN, strict).replace(PUBLISHED.document, key.document)
            sent = {**right, field: "a\0b"}
            response = client.post(place.replace(PUBLISHED.version, key.version), data=sent)
            assert response.status_code < 500, (field, place)


def test_a_login_with_a_name_nobody_can_have_is_refused_as_any_other(browser: Browser, strict: World) -> None:
    client = browser(None)
    token = re.findall(r'name="csrf" value="([^"]+)"', client.get("/console/login").text)[0]
    form = {"csrf": token, "username": "ma\0ya", "password": "x"}
    assert client.post("/console/login", data=form).status_code == 401


@pytest.mark.parametrize("text", ["long " * 12_000, "很長" * 30_000])
def test_a_reason_of_many_pages_is_told_how_long_it_may_be(browser: Browser, world: World, text: str) -> None:
    form = {"csrf": world.tickets["chen"].csrf_token, "reason": text}
    response = browser("chen").post(f"{place(IN_REVIEW)}/send-back", data=form)
    assert (response.status_code, "a reason of at most 2000 characters" in response.text) == (422, True)


def test_a_text_too_long_to_be_read_is_not_called_a_file(browser: Browser, world: World) -> None:
    form = {"csrf": world.tickets["chen"].csrf_token, "reason": "x" * 2_000_000}
    response = browser("chen").post(f"{place(IN_REVIEW)}/send-back", data=form)
    assert response.status_code == 413
    assert "What was typed is too long" in response.text
    assert "MB" not in response.text


@pytest.mark.parametrize("field", ["title", "product", "owner", "sibling"])
@pytest.mark.parametrize("character", ["\0", "\x0b", "\x9f", "\u202e", "\u2066", "\n"])
def test_facts_hold_no_characters_nobody_sees(browser: Browser, strict: World, field: str, character: str) -> None:
    response = edit(browser("maya"), strict, "maya", READY, **{field: f"fees{character}eert"})
    assert response.status_code == 422
    assert f"the {field}" in response.text.lower()
    assert stored(strict, READY).info.title == "Card terms"


def test_line_breaks_and_every_script_are_plain_words(browser: Browser, world: World) -> None:
    assert (
        edit(browser("maya"), world, "maya", READY, owner="零售銀行部 – cards’ team", product="金卡").status_code == 303
    )
    form = {"csrf": world.tickets["chen"].csrf_token, "reason": "Line one.\r\nLine\ttwo."}
    assert browser("chen").post(f"{place(IN_REVIEW)}/send-back", data=form).status_code == 303


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"product": "x" * 201}, "product in at most 200"),
        ({"product": "Zebra <b>"}, "without &lt; and &gt;"),
        ({"owner": "x" * 201}, "owner in at most 200"),
        ({"owner": "<i>"}, "without &lt; and &gt;"),
        ({"sibling": "no-such-document"}, "There is no document no-such-document"),
        ({"sibling": PUBLISHED.document}, f"{PUBLISHED.document} is in the same language"),
        ({"as_at": TOMORROW}, "lies ahead"),
        ({"as_at": "20260101"}, "year-month-day"),
        ({"effective_from": "2026-W01-1"}, "year-month-day"),
    ],
)
def test_a_wrong_fact_is_refused_where_it_is_typed_and_kept(
    browser: Browser, world: World, changed: dict[str, str], sentence: str
) -> None:
    edited = edit(browser("maya"), world, "maya", READY, **changed)
    sent = upload(browser("maya"), world, **changed)
    assert (edited.status_code, sent.status_code) == (422, 422)
    assert sentence in edited.text
    assert sentence in sent.text
    assert "Card terms" in edited.text


def test_a_document_is_not_its_own_sibling(browser: Browser, world: World) -> None:
    response = edit(browser("maya"), world, "maya", READY, sibling=READY.document)
    assert response.status_code == 422
    assert "itself" in response.text


def test_a_known_sibling_is_taken_and_figures_of_a_first_day_ahead(browser: Browser, world: World) -> None:
    response = edit(
        browser("maya"), world, "maya", READY, sibling=IN_REVIEW.document, as_at=TOMORROW, effective_from=TOMORROW
    )
    assert response.status_code == 303
    assert stored(world, READY).info.sibling == IN_REVIEW.document


def test_a_sibling_stays_in_another_language_when_the_language_changes(browser: Browser, world: World) -> None:
    linked = {"sibling": IN_REVIEW.document, "as_at": TOMORROW, "effective_from": TOMORROW}
    assert edit(browser("maya"), world, "maya", READY, **linked).status_code == 303
    response = edit(browser("maya"), world, "maya", READY, **linked, language="zh-Hant")
    assert (response.status_code, "is in the same language" in response.text) == (422, True)
    assert stored(world, READY).info.language is Language.EN


def saved(client: TestClient, world: World, form: str, **changed: str) -> Response:
    facts = dict(re.findall(r'<input id="(\w+)" name="\w+" type="\w+" value="([^"]*)"', form))
    made_from = re.findall(r'name="made_from" value="([^"]*)"', form)[0]
    token = world.tickets["maya"].csrf_token
    sent = {**facts, "language": "en", "made_from": made_from, "csrf": token, **changed}
    return client.post(f"{place(READY)}/edit", data=sent)


def test_a_form_opened_before_anothers_change_overwrites_nothing_unseen(browser: Browser, world: World) -> None:
    client = browser("maya")
    form = client.get(f"{place(READY)}/edit").text
    assert saved(client, world, form, owner="Cards team").status_code == 303
    stale = saved(client, world, form, product="platinum card")
    assert stale.status_code == 409
    assert "Nothing was saved" in stale.text
    assert "Cards team" in stale.text
    assert 'value="platinum card"' in stale.text
    assert (stored(world, READY).info.owner, stored(world, READY).info.product) == ("Cards team", "gold card")
    knowing = saved(client, world, stale.text, owner="Cards team")
    assert knowing.status_code == 303
    assert (stored(world, READY).info.owner, stored(world, READY).info.product) == ("Cards team", "platinum card")


def test_the_same_change_twice_is_no_conflict(browser: Browser, world: World) -> None:
    client = browser("maya")
    form = client.get(f"{place(READY)}/edit").text
    assert [saved(client, world, form, owner="Cards team").status_code for _ in range(2)] == [303, 303]


def test_every_fact_counts_for_what_a_form_was_made_from(world: World) -> None:
    info = stored(world, READY).info
    others = [
        *(replace(info, **{name: "other"}) for name in ("title", "product", "sibling", "owner")),
        *(replace(info, **{name: date(2030, 1, 1)}) for name in ("as_at", "effective_from", "effective_to")),
        *(
            replace(info, tags=frozenset("x")),
            replace(info, sector=Sector.MPF),
            replace(info, language=Language.ZH_HANS),
        ),
    ]
    assert len({facts_digest(each) for each in (info, *others)}) == 11


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("It%27s %22quoted%22.txt", 'It%27s "quoted".txt'),
        ("fees\u202etxt.txt", "feestxt.txt"),
        ("100%25.txt", "100%25.txt"),
    ],
)
def test_a_file_keeps_the_name_it_had(browser: Browser, world: World, sent: str, kept: str) -> None:
    body = (
        "--x\r\n"
        + "".join(
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--x\r\n'
            for name, value in {"title": "Travel notice", "language": "en", "version": "2026-12"}.items()
        )
        + f'Content-Disposition: form-data; name="file"; filename="{sent}"\r\n\r\nwords\r\n--x--\r\n'
    )
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "X-CSRF-Token": world.tickets["maya"].csrf_token,
    }
    assert browser("maya").post(f"/console/{OWN}/documents", content=body.encode(), headers=headers).status_code == 303
    assert stored(world, NEW).file_name == kept
