"""``GET /v1/conversations/{id}``: a program reads what people reply, and who has the conversation it opened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.api_keys.types import Scope
from app.composition import Platform
from app.conversations.service import ConversationService
from app.handover.takeover import Takeover
from knowledge_bases.schema import Language
from tests.app.api.conftest import Mint
from tests.app.api.test_answers import is_problem
from tests.app.api.test_keys import make, opened, post
from tests.app.small_bank import BANK, RIVAL

RITA = "account-rita"
T = TypeVar("T")


def read(client: TestClient, key: str, conversation: str, **query: Any) -> Response:
    address = f"/v1/conversations/{conversation}"
    return client.get(address, params=query, headers={"Authorization": f"Bearer {key}"})


def news(client: TestClient, key: str, conversation: str, **query: Any) -> dict[str, Any]:
    response = read(client, key, conversation, **query)
    assert response.status_code == 200, response.text
    value: dict[str, Any] = response.json()
    return value


def people(platform: Platform, step: Callable[[Takeover], T]) -> T:
    with platform.foundation.database.write() as session:
        return step(Takeover(session, BANK, platform.foundation.ledger))


def handed_over(client: TestClient, key: str) -> str:
    conversation = opened(client, key)
    response = post(client, key, question="I want to talk to a human", conversation=conversation)
    assert response.json()["status"] == "handed_off"
    return conversation


def test_what_a_person_replies_reaches_the_program_that_opened_the_conversation(
    client: TestClient, platform: Platform
) -> None:
    key = make(platform).secret
    conversation = handed_over(client, key)
    before = news(client, key, conversation)
    assert [message["kind"] for message in before["messages"]] == ["customer", "assistant", "notice"]
    assert (before["state"], before["place"], before["last_seq"]) == ("queue", 1, 3)
    people(platform, lambda desk: desk.take(conversation, RITA))
    people(platform, lambda desk: desk.reply(conversation, RITA, "Good morning, this is Rita."))
    after = news(client, key, conversation, after=before["last_seq"])
    joined, reply = after["messages"]
    assert (joined["kind"], reply["kind"], reply["role"]) == ("notice", "person", "assistant")
    assert (reply["text"], reply["seq"], after["last_seq"]) == ("Good morning, this is Rita.", 5, 5)
    assert (after["state"], after["place"]) == ("live", None)
    assert news(client, key, conversation, after=5)["messages"] == []


def test_the_state_follows_the_conversation_to_its_end_and_to_the_assistant_again(
    client: TestClient, platform: Platform
) -> None:
    key = make(platform).secret
    conversation = opened(client, key)
    states = [news(client, key, conversation)["state"]]
    for end in (Takeover.close, Takeover.hand_back):
        post(client, key, question="I want to talk to a human", conversation=conversation)
        people(platform, lambda desk: desk.take(conversation, RITA))
        people(platform, lambda desk, end=end: end(desk, conversation, RITA))  # type: ignore[misc]
        states.append(news(client, key, conversation)["state"])
    assert states == ["assistant", "closed", "assistant"]


def test_the_assistants_messages_carry_the_answer_with_its_citations(client: TestClient, platform: Platform) -> None:
    key = make(platform).secret
    conversation = opened(client, key)
    given = post(client, key, conversation=conversation).json()
    asked, answered = news(client, key, conversation)["messages"]
    assert (asked["role"], asked["answer"], answered["role"]) == ("user", None, "assistant")
    assert (answered["text"], answered["answer"]["sentences"]) == (given["text"], given["sentences"])


def test_the_place_is_that_of_the_moment(client: TestClient, platform: Platform) -> None:
    key = make(platform).secret
    conversations = [handed_over(client, key) for _ in range(2)]
    places = [news(client, key, each)["place"] for each in conversations]
    people(platform, lambda desk: desk.take(conversations[0], RITA))
    assert news(client, key, conversations[1])["place"] == places[1] - 1
    assert places[1] == places[0] + 1
    people(platform, lambda desk: desk.take(conversations[1], RITA))


def test_a_program_that_waits_gets_the_reply_when_it_is_written(client: TestClient, platform: Platform) -> None:
    key = make(platform, at_once=1).secret
    conversation = handed_over(client, key)
    people(platform, lambda desk: desk.take(conversation, RITA))
    last = news(client, key, conversation)["last_seq"]
    heard: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: heard.append(news(client, key, conversation, after=last, wait=20)))
    waiting.start()
    time.sleep(0.5)
    assert post(client, key, "search").status_code == 200  # who waits takes no place of those who ask
    began = time.monotonic()
    people(platform, lambda desk: desk.reply(conversation, RITA, "Here I am."))
    waiting.join(20)
    assert [message["text"] for message in heard[0]["messages"]] == ["Here I am."]
    assert time.monotonic() - began < 10


def test_a_wait_ends_without_news(client: TestClient, platform: Platform) -> None:
    key = make(platform).secret
    conversation = opened(client, key)
    began = time.monotonic()
    assert news(client, key, conversation, wait=0.3)["messages"] == []
    assert 0.3 <= time.monotonic() - began < 10


@pytest.mark.parametrize("query", [{"wait": 26}, {"wait": -1}, {"wait": "nan"}, {"after": -1}, {"after": 2**40}])
def test_a_wait_or_a_number_that_cannot_be_is_named(
    client: TestClient, platform: Platform, query: dict[str, Any]
) -> None:
    key = make(platform).secret
    problem = is_problem(read(client, key, opened(client, key), **query), 422)
    assert next(iter(query)) in problem["detail"]


def test_a_conversation_of_another_key_of_a_chat_or_of_another_institution_is_not_found(
    client: TestClient, platform: Platform
) -> None:
    own, other, rival = make(platform).secret, make(platform).secret, make(platform, RIVAL).secret
    chat = platform.assistant.open_conversation(BANK, Language.EN, "http://localhost:8000")
    mine = opened(client, own)
    for key, conversation in ((other, mine), (rival, mine), (own, chat), (own, "gone")):
        is_problem(read(client, key, conversation), 404)


def test_only_a_key_that_may_ask_reads(client: TestClient, platform: Platform, token: Mint) -> None:
    conversation = opened(client, make(platform).secret)
    is_problem(read(client, token(), conversation), 401)
    is_problem(client.get(f"/v1/conversations/{conversation}"), 401)
    is_problem(read(client, make(platform, scopes=frozenset({Scope.SEARCH})).secret, conversation), 403)


def test_what_was_erased_is_gone_and_says_so(client: TestClient, platform: Platform) -> None:
    key = make(platform).secret
    conversation = opened(client, key)
    post(client, key, conversation=conversation)
    with platform.foundation.database.write() as session:
        ConversationService(session, BANK, platform.foundation.ledger).erase(conversation, "otto")
    is_problem(read(client, key, conversation), 410)


def test_a_question_to_a_conversation_that_a_person_has_says_where_their_reply_is(
    client: TestClient, platform: Platform
) -> None:
    key = make(platform).secret
    conversation = handed_over(client, key)
    problem = is_problem(post(client, key, question="Are you there?", conversation=conversation), 409)
    assert "/v1/conversations/" in problem["detail"]
    assert news(client, key, conversation)["messages"][-1]["text"] == "Are you there?"
