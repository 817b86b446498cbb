"""Asked back which product is meant, a program gets the names, and for each the text that asks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.answering.types import Answer
from app.api.choices import choices_json
from app.composition import Platform
from app.jobs.intake import Intake, publish_taken
from knowledge_bases.schema import Language, VersionInfo
from tests.app.api.test_answers import events
from tests.app.api.test_keys import make, opened, post
from tests.app.assistant.test_clarifying import ACCOUNTS, NAMES, QUESTION, TABLE
from tests.app.small_bank import BANK, FEE_QUESTION, take_one

PREMIER = "HK$280"


@pytest.fixture(scope="module", autouse=True)
def accounts(client: TestClient, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A table of three accounts, published in the bank behind the client."""
    path: Path = tmp_path_factory.mktemp("accounts") / "account-fees.md"
    path.write_text(TABLE, encoding="utf-8")
    foundation = client.app.state.platform.foundation  # type: ignore[attr-defined]
    taken = take_one(foundation, BANK, Intake(path, VersionInfo(ACCOUNTS, "Account Fees", Language.EN)))
    publish_taken(foundation, BANK, [taken], "tests")


@pytest.fixture
def key(platform: Platform) -> str:
    return make(platform).secret


def complete(client: TestClient, key: str, *said: str, **body: Any) -> Response:
    value = {"model": BANK, "messages": [{"role": "user", "content": each} for each in said], **body}
    return client.post("/v1/chat/completions", json=value, headers={"Authorization": f"Bearer {key}"})


def premier(choices: list[dict[str, str]]) -> str:
    assert [choice["name"] for choice in choices] == NAMES
    return next(choice["text"] for choice in choices if choice["name"] == "Premier Account")


def test_an_answer_that_asks_back_has_the_choices_and_each_text_asks_for_it(client: TestClient, key: str) -> None:
    asked_back = post(client, key, question=QUESTION).json()
    assert asked_back["status"] == "clarify"
    answer = post(client, key, question=premier(asked_back["choices"])).json()
    assert (answer["status"], answer["choices"]) == ("quoted", [])
    assert PREMIER in answer["text"]


def test_in_a_conversation_the_same_text_or_the_name_chooses(client: TestClient, key: str) -> None:
    for chosen in ("text", "name"):
        conversation = opened(client, key)
        choices = post(client, key, question=QUESTION, conversation=conversation).json()["choices"]
        said = premier(choices) if chosen == "text" else "Premier Account"
        assert PREMIER in post(client, key, question=said, conversation=conversation).json()["text"]


def test_the_event_of_the_whole_answer_has_them_too(client: TestClient, key: str) -> None:
    told = events(post(client, key, question=QUESTION, stream=True))
    assert premier(dict(told)["answer"]["choices"])


def test_a_chat_completion_has_them_in_its_metadata_and_a_client_sends_the_text_on(
    client: TestClient, key: str
) -> None:
    message = complete(client, key, QUESTION).json()["choices"][0]["message"]
    assert message["metadata"]["status"] == "clarify"
    assert all(name in message["content"] for name in NAMES)
    said = premier(message["metadata"]["choices"])
    assert PREMIER in complete(client, key, QUESTION, said).json()["choices"][0]["message"]["content"]
    assert PREMIER in complete(client, key, said).json()["choices"][0]["message"]["content"]


def test_a_streamed_completion_has_them_in_its_last_delta(client: TestClient, key: str) -> None:
    lines = complete(client, key, QUESTION, stream=True).text.splitlines()
    chunks = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    metadata = [choice["delta"].get("metadata") for chunk in chunks for choice in chunk["choices"]]
    assert premier(metadata[-1]["choices"])


def test_any_other_answer_has_no_choices(client: TestClient, key: str) -> None:
    assert post(client, key, question=FEE_QUESTION).json()["choices"] == []
    assert complete(client, key, FEE_QUESTION).json()["choices"][0]["message"]["metadata"]["choices"] == []


def test_a_question_that_leaves_no_room_is_given_the_name_alone(client: TestClient, key: str) -> None:
    asked_back = post(client, key, question=QUESTION).json()
    assert premier(asked_back["choices"]) == f"{QUESTION} Premier Account"
    assert premier(choices_json(Answer.from_json(asked_back), "w" * 1995)) == "Premier Account"
