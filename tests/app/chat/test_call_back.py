from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.assistant.ports import CallBackRequest, ConversationState
from tests.app.chat.conftest import HOST
from tests.fakes.assistant import FakeAssistant

PATH = "/chat/harbour-bank/call-back"
FORM = {"name": "Chan Tai Man", "phone": "+852 6000 0000", "preferred_time": "tomorrow"}
OURS = {"origin": HOST, "x-candour-chat": "1"}


@pytest.fixture
def customer(client: TestClient) -> TestClient:
    client.get("/chat/harbour-bank/")
    return client


def test_a_request_is_kept_and_gets_a_reference(customer: TestClient, assistant: FakeAssistant) -> None:
    response = customer.post(PATH, json=FORM, headers=OURS)
    assert response.json() == {"reference": "CB-0001"}
    assert assistant.call_backs == [CallBackRequest("Chan Tai Man", "+852 6000 0000", "tomorrow")]


def test_it_hands_the_conversation_to_a_human(customer: TestClient, assistant: FakeAssistant) -> None:
    customer.post(PATH, json=FORM, headers=OURS)
    assert [kept.state for kept in assistant.conversations.values()] == [ConversationState.HUMAN]


@pytest.mark.parametrize(
    "headers", [{}, {"origin": HOST}, {"x-candour-chat": "1"}, {**OURS, "origin": "https://evil.example"}]
)
def test_a_post_from_elsewhere_is_refused(
    customer: TestClient, assistant: FakeAssistant, headers: dict[str, str]
) -> None:
    assert customer.post(PATH, json=FORM, headers=headers).status_code == 403
    assert assistant.call_backs == []


def test_without_a_token_it_is_refused(client: TestClient) -> None:
    assert client.post(PATH, json=FORM, headers=OURS).status_code == 401


@pytest.mark.parametrize("wrong", [{"name": " "}, {"phone": "call me"}, {"preferred_time": "x" * 101}, {"extra": "1"}])
def test_a_form_that_is_not_filled_in_is_refused(customer: TestClient, wrong: dict[str, str]) -> None:
    assert customer.post(PATH, json={**FORM, **wrong}, headers=OURS).status_code == 422
