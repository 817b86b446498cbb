"""The specification's examples look like real replies, down to the last field."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.conversations import ConversationView
from app.api.examples import replies_like
from app.composition import Platform
from tests.app.api.test_choices import QUESTION, accounts, complete
from tests.app.api.test_keys import make

__all__ = ["accounts"]  # the table behind the question


def example_of(name: str) -> dict[str, Any]:
    """As it is written: the specification that is served leaves out what is null."""
    example: dict[str, Any] = deepcopy(replies_like(name)[200]["content"]["application/json"]["example"])
    return example


@pytest.mark.parametrize(
    ("path", "method", "told"),
    [
        ("/v1/conversations/{conversation}", "get", "I have found your application"),
        ("/v1/chat/completions", "post", "Which one do you mean?"),
    ],
)
def test_the_specification_shows_them(client: TestClient, path: str, method: str, told: str) -> None:
    operation = client.get("/v1/openapi.json").json()["paths"][path][method]
    assert told in str(operation["responses"]["200"]["content"]["application/json"]["example"])


def shape(value: object) -> object:
    """Its fields, without what stands in them; of a list, the first."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_a_conversation_s_example_is_one_and_shows_a_person_s_reply() -> None:
    shown = ConversationView.model_validate(example_of("conversation"))
    assert [message.kind.value for message in shown.messages] == ["notice", "notice", "person"]
    assert shown.last_seq == shown.messages[-1].seq


def test_a_completion_s_example_asks_back_as_a_real_one_does(client: TestClient, platform: Platform) -> None:
    real = complete(client, make(platform).secret, QUESTION).json()
    example = example_of("asked_back")
    assert real["choices"][0]["message"]["metadata"]["status"] == "clarify"
    for each in (real, example):  # what this question happens to owe says nothing of the shape
        for name in ("disclosures", "findings"):
            each["choices"][0]["message"]["metadata"][name] = []
    assert shape(example) == shape(real)
