"""Bad questions at ``/v1``: refused as a problem in words, or answered as any question the documents don't answer."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from httpx import Response
from starlette.testclient import TestClient

from tests.app.api.conftest import Mint
from tests.app.api.test_answers import is_problem
from tests.app.small_bank import BANK
from tests.questions import EMPTY, ODD, TOO_LONG, UNSTORABLE

REFUSED: Mapping[str, str] = {**EMPTY, **TOO_LONG, **UNSTORABLE}
DOORS = {"answers": "question", "search": "query"}


def post(client: TestClient, token: str, door: str, words: str) -> Response:
    body = json.dumps({"institution": BANK, DOORS[door]: words})  # half a pair travels as an escape
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return client.post(f"/v1/{door}", content=body.encode(), headers=headers)


@pytest.mark.parametrize("door", list(DOORS))
@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_question_is_a_problem_that_says_so(client: TestClient, token: Mint, door: str, name: str) -> None:
    response = post(client, token(), door, REFUSED[name])
    assert response.status_code in {413, 422}
    problem = is_problem(response, response.status_code)
    assert 0 < len(problem.get("detail", problem["title"])) < 1000


@pytest.mark.parametrize("name", list(ODD))
def test_what_asks_nothing_known_is_not_answered_from_documents(client: TestClient, token: Mint, name: str) -> None:
    answer = post(client, token(), "answers", ODD[name])
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["sentences"]) == ("refused", [])
    assert post(client, token(), "search", ODD[name]).status_code == 200


@pytest.mark.parametrize("field", ["institution", "conversation"])
def test_a_name_that_no_database_keeps_is_a_problem_that_names_its_field(
    client: TestClient, token: Mint, field: str
) -> None:
    body = json.dumps({"institution": BANK, "question": "What is the fee?", field: "a\0b"})
    headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
    response = client.post("/v1/answers", content=body.encode(), headers=headers)
    assert field in json.dumps(is_problem(response, 422))
