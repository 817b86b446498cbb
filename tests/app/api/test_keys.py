"""``/v1`` by API key: it fixes the institution, its conversations are its own, and every refusal is a problem."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.api_keys.service import ApiKeyService
from app.api_keys.types import Issued, Limits, Scope, Wish
from app.composition import Platform
from app.conversations.service import ConversationService
from knowledge_bases.schema import Language
from tests.app.api.conftest import Mint
from tests.app.api.test_answers import is_problem
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL
from tests.fakes.absence import away


def make(platform: Platform, bank: str = BANK, scopes: frozenset[Scope] = frozenset(Scope), **limits: int) -> Issued:
    foundation = platform.foundation
    with foundation.database.write() as session:
        wish = Wish("tests", scopes, Limits(**limits))
        return ApiKeyService(session, bank, foundation.ledger).add(wish, "otto")


def post(client: TestClient, key: str, path: str = "answers", **body: Any) -> Response:
    words = {} if path == "conversations" else {"query" if path == "search" else "question": FEE_QUESTION}
    value = {"institution": BANK, **words, **body}
    return client.post(f"/v1/{path}", json=value, headers={"Authorization": f"Bearer {key}"})


def opened(client: TestClient, key: str) -> str:
    response = post(client, key, "conversations")
    assert response.status_code == 201
    conversation: str = response.json()["conversation"]
    return conversation


def test_a_key_asks_and_the_answer_stands_in_a_conversation_of_its_own(client: TestClient, platform: Platform) -> None:
    issued = make(platform)
    answers = [post(client, issued.secret).json() for _ in range(2)]
    assert [answer["status"] for answer in answers] == ["quoted", "quoted"]
    with platform.foundation.database.read() as session:
        recent = ConversationService(session, BANK, platform.foundation.ledger).recent()
    own = [conversation for conversation in recent if conversation.origin == issued.key.origin]
    assert len(own) == 2


def test_questions_in_a_conversation_of_the_key_lean_on_those_before(client: TestClient, platform: Platform) -> None:
    key = make(platform).secret
    conversation = opened(client, key)
    post(client, key, conversation=conversation)
    follow_up = post(client, key, question="And the platinum card?", conversation=conversation).json()
    assert "HK$1,800" in follow_up["text"]
    assert len(platform.assistant.transcript(BANK, conversation)) == 4


def test_a_conversation_of_another_key_or_of_a_chat_is_not_found(client: TestClient, platform: Platform) -> None:
    own, other = make(platform).secret, make(platform).secret
    chat = platform.assistant.open_conversation(BANK, Language.EN, "http://localhost:8000")
    for conversation in (opened(client, other), chat, "gone"):
        is_problem(post(client, own, conversation=conversation), 404)
        is_problem(post(client, own, conversation=conversation, stream=True), 404)


def test_a_key_finds_nothing_of_another_institution(client: TestClient, platform: Platform) -> None:
    key = make(platform, RIVAL).secret
    for path in ("answers", "search", "conversations"):
        is_problem(post(client, key, path), 404)
    assert post(client, key, institution=RIVAL).status_code == 200


def test_a_search_by_key_gives_passages(client: TestClient, platform: Platform) -> None:
    assert post(client, make(platform).secret, "search").json()["passages"]


def test_a_chat_token_has_its_conversation_and_names_none(client: TestClient, token: Mint) -> None:
    problem = is_problem(post(client, token(), conversation="another"), 422)
    assert "conversation" in problem["detail"]
    is_problem(post(client, token(), "conversations"), 401)


def test_a_wrong_key_is_a_problem_that_does_not_repeat_it(client: TestClient, platform: Platform) -> None:
    secret = make(platform).secret
    wrong = secret[:-8] + "00000000"
    response = post(client, wrong)
    is_problem(response, 401)
    assert response.headers["www-authenticate"] == "Bearer"
    assert wrong not in response.text
    assert wrong[-20:] not in response.text


def test_a_revoked_key_and_one_without_the_scope_are_refused(client: TestClient, platform: Platform) -> None:
    only_search = make(platform, scopes=frozenset({Scope.SEARCH}))
    is_problem(post(client, only_search.secret), 403)
    assert post(client, only_search.secret, "search").status_code == 200
    with platform.foundation.database.write() as session:
        ApiKeyService(session, BANK, platform.foundation.ledger).revoke(only_search.key.id, "otto")
    is_problem(post(client, only_search.secret, "search"), 401)


def test_one_request_too_many_says_when_to_come_back(client: TestClient, platform: Platform) -> None:
    key = make(platform, a_day=1).secret
    assert post(client, key, "search").status_code == 200
    response = post(client, key, "search")
    is_problem(response, 429)
    assert 1 <= int(response.headers["retry-after"]) <= 24 * 3600


def test_a_request_under_way_takes_its_place_until_it_is_over(
    client: TestClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, reached, go_on = make(platform, at_once=1).secret, threading.Event(), threading.Event()
    retrieve = type(platform.knowledge).retrieve

    def slow(*given: Any) -> Any:
        reached.set()
        go_on.wait(20)
        return retrieve(*given)

    monkeypatch.setattr(type(platform.knowledge), "retrieve", slow)
    first: list[Response] = []
    asking = threading.Thread(target=lambda: first.append(post(client, key, "search")))
    asking.start()
    assert reached.wait(20)
    second = post(client, key, "search")
    go_on.set()
    asking.join()
    is_problem(second, 429)
    assert second.headers["retry-after"] == "1"
    assert first[0].status_code == 200
    assert post(client, key, "search").status_code == 200


def test_without_its_database_the_door_stays_closed(client: TestClient, platform: Platform) -> None:
    key = make(platform).secret
    with away(platform.foundation.database):
        response = post(client, key)
    is_problem(response, 503)
    assert int(response.headers["retry-after"]) > 0


def test_the_specification_names_the_key_and_the_conversation(client: TestClient) -> None:
    specification = client.get("/v1/openapi.json").json()
    assert specification["paths"]["/v1/answers"]["post"]["security"] == [{"API key": []}]
    assert "conversation" in specification["components"]["schemas"]["AskBody"]["properties"]
