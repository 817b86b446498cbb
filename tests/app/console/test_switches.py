"""The Switches room: who may turn what, that two people lift, and that nobody in the console misses what is on."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.console.desk import Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from app.staff.service import StaffService
from app.staff.types import Role, Ticket
from app.switches.reading import settings_of, topics_of
from app.switches.service import SwitchService
from app.switches.types import EVERYWHERE, Composer, Kind, Mode, Switch
from tests.app.assistant.test_releasing import CARDS, held, rule, waiting
from tests.app.cases.held_desk import hidden
from tests.app.console.conftest import Browser
from tests.app.console.world import FOREIGN, IN_REVIEW, OWN, SCRIPT, World
from tests.app.small_bank import BANK, SmallBank

ROOM = f"/console/{OWN}/switches"
HAND_OFF = {"kind": "hand_off", "subject": "", "scope": OWN, "reason": "wrong fees"}
BORROWING = {"topic": "borrowing", "mode": "hold", "reason": "new fee table"}


def send(browser: Browser, world: World, name: str, step: str, form: dict[str, str]) -> int:
    sent = {**form, "csrf": world.tickets[name].csrf_token}
    return browser(name).post(f"{ROOM}/{step}", data=sent).status_code


def on(world: World, bank: str = OWN) -> list[tuple[str, Switch]]:
    with world.foundation.database.read() as session:
        return [(setting.scope, setting.switch) for setting in settings_of(session, bank)]


def test_everybody_sees_the_room_and_only_heads_and_operators_can_turn(browser: Browser, world: World) -> None:
    for name in ("maya", "chen", "rita", "ada"):
        page = browser(name).get(ROOM)
        assert page.status_code == 200
        assert "Turn on now" not in page.text
        assert send(browser, world, name, "set", HAND_OFF) == 403
    for name in ("hugo", "otto"):
        assert "Turn on now" in browser(name).get(ROOM).text
    assert on(world) == []


def test_a_switch_is_turned_on_by_one_and_a_banner_says_so_on_every_page(browser: Browser, world: World) -> None:
    assert send(browser, world, "hugo", "set", HAND_OFF) == 303
    assert on(world) == [(OWN, Switch(Kind.HAND_OFF))]
    assert on(world, FOREIGN) == []
    for path in ("", "/documents", "/cases", "/search", "/documents/upload", "/receipts", "/sweep", "/switches"):
        page = browser("maya" if path == "/documents/upload" else "hugo").get(f"/console/{OWN}{path}")
        assert 'class="banner"' in page.text, path
        assert "Every question to a person" in page.text
    assert 'class="banner"' not in browser("mallory").get(f"/console/{FOREIGN}").text
    page = browser("ada").get(ROOM).text
    assert "turned on by hugo" in page
    assert "wrong fees" in page


def test_lifting_takes_a_second_person(browser: Browser, world: World, second: str) -> None:
    send(browser, world, "hugo", "set", HAND_OFF)
    assert send(browser, world, "hugo", "confirm", {**HAND_OFF, "decision": "lift"}) == 409  # nobody asked
    assert send(browser, world, "hugo", "lift", {**HAND_OFF, "reason": "corrected"}) == 303
    assert "Lift it" not in browser("hugo").get(ROOM).text
    assert "Lift it" in browser(second).get(ROOM).text
    assert send(browser, world, "hugo", "confirm", {**HAND_OFF, "decision": "lift"}) == 409  # the same person
    assert on(world) != []
    assert send(browser, world, second, "confirm", {**HAND_OFF, "decision": "lift"}) == 303
    assert on(world) == []
    page = browser("ada").get(ROOM).text
    assert "Lifted" in page
    assert 'class="banner"' not in page


def test_a_wish_to_lift_may_be_taken_back_or_turned_down(browser: Browser, world: World, second: str) -> None:
    send(browser, world, "hugo", "set", HAND_OFF)
    for name in ("hugo", second):
        assert send(browser, world, "hugo", "lift", {**HAND_OFF, "reason": "corrected"}) == 303
        assert send(browser, world, name, "confirm", {**HAND_OFF, "decision": "keep"}) == 303
        assert on(world) != []


def test_for_all_institutions_an_operator_turns_and_a_head_may_be_the_second(browser: Browser, world: World) -> None:
    everywhere = {**HAND_OFF, "scope": EVERYWHERE}
    assert send(browser, world, "hugo", "set", everywhere) == 403
    assert EVERYWHERE not in browser("hugo").get(ROOM).text
    assert send(browser, world, "otto", "set", everywhere) == 303
    assert on(world, FOREIGN) == [(EVERYWHERE, Switch(Kind.HAND_OFF))]
    assert "All institutions" in browser("mallory").get(f"/console/{FOREIGN}").text
    assert send(browser, world, "hugo", "lift", everywhere) == 403
    assert send(browser, world, "otto", "lift", everywhere) == 303
    assert send(browser, world, "hugo", "confirm", {**everywhere, "decision": "lift"}) == 303
    assert on(world) == on(world, FOREIGN) == []


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "everything"},
        {"kind": ""},
        {"kind": "topic", "subject": "no-such-topic"},
        {"kind": "language", "subject": "fr"},
        {"reason": "  "},
        {"reason": "x" * 501},
        {"reason": "hidden\x07character"},
    ],
)
def test_a_form_that_is_wrong_turns_nothing(browser: Browser, world: World, form: dict[str, str]) -> None:
    assert send(browser, world, "hugo", "set", {**HAND_OFF, **form}) in (409, 422)
    assert on(world) == []


def test_another_scope_than_ones_own_or_all_is_ones_own(browser: Browser, world: World) -> None:
    assert send(browser, world, "hugo", "set", {**HAND_OFF, "scope": FOREIGN}) == 303
    assert on(world, FOREIGN) == []


def test_what_staff_write_is_shown_as_words(browser: Browser, world: World) -> None:
    send(browser, world, "hugo", "set", {**HAND_OFF, "reason": SCRIPT})
    assert SCRIPT not in browser("hugo").get(ROOM).text


def test_a_topics_mode_changes_once_a_second_person_approves(browser: Browser, world: World, second: str) -> None:
    assert send(browser, world, "hugo", "topics", BORROWING) == 303
    with world.foundation.database.read() as session:
        assert topics_of(session, OWN)["borrowing"].mode is Mode.AUTO
    page = browser(second).get(ROOM).text
    (change,) = {part.split('"')[0] for part in page.split('name="change" value="')[1:]}
    decision = {"change": change, "decision": "approve"}
    assert send(browser, world, "hugo", "topics/decision", decision) == 409
    assert send(browser, world, second, "topics/decision", decision) == 303
    with world.foundation.database.read() as session:
        assert topics_of(session, OWN)["borrowing"].mode is Mode.HOLD
        assert topics_of(session, FOREIGN)["borrowing"].mode is Mode.AUTO
    assert "A person releases each" in browser("ada").get(ROOM).text


def test_a_topic_may_have_a_composer_of_its_own_and_the_institutions_again(
    browser: Browser, world: World, second: str
) -> None:
    def change(composer: str) -> str:
        assert send(browser, world, "hugo", "topics", {**BORROWING, "mode": "auto", "composer": composer}) == 303
        page = browser(second).get(ROOM).text
        (change,) = {part.split('"')[0] for part in page.split('name="change" value="')[1:]}
        assert send(browser, world, second, "topics/decision", {"change": change, "decision": "approve"}) == 303
        return page

    assert "Quotes only</p>" in change("quote")
    with world.foundation.database.read() as session:
        assert topics_of(session, OWN)["borrowing"].composer is Composer.QUOTE
    assert '<span class="chip info">Quotes only</span>' in browser("ada").get(ROOM).text
    change("")
    with world.foundation.database.read() as session:
        assert topics_of(session, OWN)["borrowing"].composer is None
    assert send(browser, world, "hugo", "topics", {**BORROWING, "composer": "poet"}) == 422


def test_a_topic_of_ones_own_may_be_added_and_one_that_covers_nothing_may_not(
    browser: Browser, world: World, second: str
) -> None:
    own = {"topic": "gold-card", "title": "The gold card", "mode": "hold", "reason": "new", "products": "gold card"}
    assert send(browser, world, "hugo", "topics", {**own, "products": ""}) == 409
    assert send(browser, world, "hugo", "topics", {**own, "products": "gold, card"}) == 303
    assert "new topic" in browser(second).get(ROOM).text


def test_a_switch_is_seen_at_once_in_another_process(browser: Browser, world: World, app: FastAPI) -> None:
    with world.foundation.database.write() as session:
        SwitchService(session, OWN, world.foundation.ledger).set(Switch(Kind.READ_ONLY), "cli", "audit week")
    assert "Read-only" in browser("maya").get(f"/console/{OWN}").text


def test_read_only_tells_whoever_uploads_why_nothing_happens(browser: Browser, world: World) -> None:
    send(browser, world, "hugo", "set", {**HAND_OFF, "kind": "read_only"})
    ticket = world.tickets["chen"]
    place = f"/console/{OWN}/documents/{IN_REVIEW.document}/{IN_REVIEW.version}/send-back"
    response = browser("chen").post(place, data={"csrf": ticket.csrf_token, "reason": "no"})
    assert response.status_code == 409
    assert "read-only is switched on" in response.text


def _reviewer(staff: StaffService, name: str) -> Ticket:
    account = staff.create_account(name, "a phrase that is long enough", by="tests")
    staff.grant(account, BANK, Role.REVIEWER, by="tests")
    return staff.open_session(account, 60)


async def test_a_reviewer_reads_the_held_answer_and_the_customer_what_two_of_them_release(
    small_bank: SmallBank,
) -> None:
    rule(small_bank, CARDS)
    conversation, _ = await held(small_bank)
    case = waiting(small_bank)
    foundation = small_bank.foundation
    with foundation.database.write() as session:
        staff = StaffService(session, foundation.ledger)
        tickets = [_reviewer(staff, name) for name in ("rita", "hugo")]
    console = FastAPI()
    mount_console(console, Desk(foundation))
    with TestClient(console, follow_redirects=False) as client:
        client.cookies.set(SESSION_COOKIE, tickets[0].token, path="/console")
        place = f"/console/{BANK}/cases/{case.id}"
        page = client.get(place).text
        assert "Waits to be released" in page
        assert "The annual fee of the Gold Card is HK$720." in page
        assert "a member of our staff checks it before you see it" in page
        assert "answer_id" not in page  # as its customer read it, not as it is stored
        wish = {"csrf": tickets[0].csrf_token, "step": "propose"}
        assert client.post(f"{place}/proposal", data=wish).status_code == 303
        client.cookies.set(SESSION_COOKIE, tickets[1].token, path="/console")
        proposal = hidden(client.get(place).text, "proposal")
        decision = {"csrf": tickets[1].csrf_token, "decision": "approve", "proposal": proposal}
        assert client.post(f"{place}/decision", data=decision).status_code == 303
        assert "Waits to be released" not in client.get(place).text
    transcript = small_bank.platform.assistant.transcript(BANK, conversation)
    assert "HK$720" in transcript[-1].text
