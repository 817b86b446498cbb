"""The room of live conversations: who may see and do what, what a script is told, and replies without a script."""

from __future__ import annotations

import re

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.cases.service import CaseService
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.handover.takeover import Takeover
from tests.app.console.conftest import Browser
from tests.app.console.world import FOREIGN, OWN, SCRIPT, World

LIVE = f"/console/{OWN}/live"
REPLY = "Good morning, I look into it."


@pytest.fixture
def waiting(world: World) -> str:
    """The conversation that asked to be called back."""
    with world.foundation.database.read() as session:
        return CaseService(session, OWN, world.foundation.ledger).get(world.call_back_case_id).conversation_id


def press(client: TestClient, world: World, name: str, address: str, **form: str) -> Response:
    return client.post(address, data={"csrf": world.tickets[name].csrf_token, **form})


def sent(world: World, conversation: str) -> list[str]:
    with world.foundation.database.read() as session:
        messages = ConversationService(session, OWN, world.foundation.ledger).transcript(conversation)
    return [message.text for message in messages if message.role is MessageRole.STAFF]


@pytest.mark.parametrize(("name", "status"), [("rita", 200), ("hugo", 200), ("ada", 200), ("maya", 403), ("otto", 403)])
def test_reviewers_heads_and_auditors_read(browser: Browser, waiting: str, name: str, status: int) -> None:
    for address in (LIVE, f"{LIVE}/queue.json", f"{LIVE}/{waiting}", f"{LIVE}/{waiting}/news.json"):
        assert browser(name).get(address).status_code == status


@pytest.mark.parametrize("step", ["take", "reply", "put-back", "hand-back", "close"])
@pytest.mark.parametrize("name", ["ada", "maya", "chen", "otto"])
def test_only_reviewers_and_heads_do_anything(
    browser: Browser, world: World, waiting: str, name: str, step: str
) -> None:
    response = press(browser(name), world, name, f"{LIVE}/{waiting}/{step}", reply=REPLY)
    assert response.status_code == 403
    assert sent(world, waiting) == []


@pytest.mark.parametrize("step", ["take", "reply", "put-back", "hand-back", "close"])
def test_a_conversation_of_another_bank_is_not_found(browser: Browser, world: World, step: str) -> None:
    with world.foundation.database.read() as session:
        foreign = CaseService(session, FOREIGN, world.foundation.ledger).get(world.foreign_case_id).conversation_id
    assert browser("hugo").get(f"{LIVE}/{foreign}").status_code == 404
    assert browser("hugo").get(f"{LIVE}/{foreign}/news.json").status_code == 404
    response = press(browser("hugo"), world, "hugo", f"{LIVE}/{foreign}/{step}", reply=REPLY)
    assert response.status_code == 404


def test_the_queue_says_who_waits_for_what_and_that_a_number_was_left(browser: Browser, waiting: str) -> None:
    page = browser("rita").get(LIVE).text
    for words in ("Wants a person", "Left a number", "Office hours not stated", f"{LIVE}/{waiting}"):
        assert words in page
    news = browser("rita").get(f"{LIVE}/queue.json").json()
    assert news["waiting"] == 1
    assert f"{LIVE}/{waiting}" in news["html"]


def test_one_takes_it_and_the_second_is_told_who_has_it(browser: Browser, world: World, waiting: str) -> None:
    assert press(browser("rita"), world, "rita", f"{LIVE}/{waiting}/take").status_code == 303
    refused = press(browser("hugo"), world, "hugo", f"{LIVE}/{waiting}/take")
    assert refused.status_code == 409
    assert "rita has this conversation" in refused.text
    assert "rita has it" in browser("hugo").get(f"{LIVE}/{waiting}").text
    assert "You have it" in browser("rita").get(f"{LIVE}/{waiting}").text


def test_without_a_script_what_the_rules_say_is_a_page_that_keeps_the_reply(
    browser: Browser, world: World, waiting: str
) -> None:
    rita, address = browser("rita"), f"{LIVE}/{waiting}/reply"
    press(rita, world, "rita", f"{LIVE}/{waiting}/take")
    page = press(rita, world, "rita", address, reply=REPLY)
    assert "The rules could not be asked" in page.text
    assert f">{REPLY}</textarea>" in page.text
    assert sent(world, waiting) == []
    (noted,) = re.findall(r'name="noted" value="([^"]+)"', page.text)
    assert press(rita, world, "rita", address, reply=REPLY, noted=noted).status_code == 303
    assert sent(world, waiting) == [REPLY]


def test_a_script_is_given_what_is_new_and_nothing_while_nothing_is(
    browser: Browser, world: World, waiting: str
) -> None:
    rita, news = browser("rita"), f"{LIVE}/{waiting}/news.json"
    first = rita.get(news).json()
    same = rita.get(news, params={"after": first["seq"], "stamp": first["stamp"]}).json()
    assert (same["stamp"], same["messages"], same["controls"]) == (first["stamp"], "", "")
    with world.foundation.database.write() as session:
        conversations = ConversationService(session, OWN, world.foundation.ledger)
        conversations.say(waiting, MessageRole.CUSTOMER, f"and now {SCRIPT}")
    more = rita.get(news, params={"after": first["seq"], "stamp": first["stamp"]}).json()
    assert more["messages"].count("<li") == 1
    assert SCRIPT not in more["messages"] + more["summary"]
    assert (more["seq"], more["hold"]) == (first["seq"] + 1, "waiting")


def test_a_reply_by_script_after_the_hand_back_is_refused_in_words(
    browser: Browser, world: World, waiting: str
) -> None:
    rita, by = browser("rita"), world.tickets["rita"].account_id
    with world.foundation.database.write() as session:
        people = Takeover(session, OWN, world.foundation.ledger)
        people.take(waiting, by)
        people.hand_back(waiting, by)
    form = {"csrf": world.tickets["rita"].csrf_token, "reply": REPLY, "noted": "unchecked"}
    response = rita.post(f"{LIVE}/{waiting}/reply", data=form, headers={"Accept": "application/json"})
    assert response.status_code == 409
    assert "the assistant answers in it again" in response.json()["error"]
    assert sent(world, waiting) == []


def test_an_empty_reply_and_unseen_characters_are_refused(browser: Browser, world: World, waiting: str) -> None:
    rita = browser("rita")
    press(rita, world, "rita", f"{LIVE}/{waiting}/take")
    empty = press(rita, world, "rita", f"{LIVE}/{waiting}/reply", reply="  ")
    assert "Type a reply" in empty.text
    hidden = press(rita, world, "rita", f"{LIVE}/{waiting}/reply", reply="a\u202eb", noted="unchecked")
    assert hidden.status_code == 422
    assert sent(world, waiting) == []


def test_an_answer_links_what_it_rests_on_and_an_erased_conversation_shows_nothing(
    browser: Browser, world: World, waiting: str
) -> None:
    assert "What is the annual fee of the gold card?" in browser("rita").get(f"{LIVE}/{waiting}").text
    with world.foundation.database.write() as session:
        ConversationService(session, OWN, world.foundation.ledger).erase(waiting, "otto")
    page = browser("rita").get(f"{LIVE}/{waiting}").text
    assert "were erased" in page
    assert "gold card" not in page
