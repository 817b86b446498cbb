"""``/v1``: the token fixes the institution; answers whole or as events; refusals as problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from app.composition import Platform
from app.db.errors import DatabaseAway
from app.switches.service import SwitchService
from app.switches.types import EVERYWHERE, Kind, Switch
from knowledge_bases.schema import Language
from tests.app.api.conftest import Mint
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL
from tests.fakes.absence import away

SECRET = "the secret inside of an exception"


def ask(client: TestClient, token: str | None, **body: Any) -> Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/v1/answers", json={"institution": BANK, "question": FEE_QUESTION, **body}, headers=headers)


def is_problem(response: Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    return problem


def events(response: Response) -> list[tuple[str, Any]]:
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in response.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(value.removeprefix("data: "))) for name, value in blocks]


def test_a_question_is_answered_with_its_citations(client: TestClient, token: Mint) -> None:
    response = ask(client, token())
    assert response.status_code == 200
    answer = response.json()
    assert answer["status"] == "quoted"
    citation = answer["sentences"][0]["citations"][0]
    assert (citation["document"], citation["version"]) == ("card-fees", "2026-01")
    assert citation["quote"] == "The annual fee of the Gold Card is HK$720."
    assert citation["end"] - citation["start"] == len(citation["quote"])


def test_the_same_comes_as_events_sentence_by_sentence_then_whole(client: TestClient, token: Mint) -> None:
    whole = ask(client, token()).json()
    streamed = events(ask(client, token(), stream=True))
    statements = ["disclosure"] * len(whole["disclosures"])
    assert [name for name, _ in streamed] == ["lead", *["sentence"] * len(whole["sentences"]), *statements, "answer"]
    assert [value for name, value in streamed if name == "sentence"] == whole["sentences"]
    assert streamed[-1][1]["text"] == whole["text"]


def test_a_refused_question_is_a_done_answer_and_streams_no_sentence(client: TestClient, token: Mint) -> None:
    streamed = events(ask(client, token(), question="Which fund should I buy?", stream=True))
    ((name, answer),) = streamed
    assert (name, answer["status"], answer["reason"]) == ("answer", "refused", "advice")


def test_as_of_and_language_are_heard(client: TestClient, token: Mint) -> None:
    then = ask(client, token(), as_of="2025-06-01").json()
    assert "HK$600" in then["text"]
    assert "1 June 2025" in then["text"]
    assert ask(client, token(), known_at="2020-01-01").json()["reason"] == "not_found"
    assert ask(client, token(), language="zh-Hant").json()["language"] == "zh-Hant"


def test_questions_of_one_token_are_one_conversation(client: TestClient, token: Mint, platform: Platform) -> None:
    conversation = platform.assistant.open_conversation(BANK, Language.EN, "here")
    for _ in range(2):
        ask(client, token(conversation=conversation))
    assert len(platform.assistant.transcript(BANK, conversation)) == 4


def test_a_person_who_has_the_conversation_is_not_talked_over(
    client: TestClient, token: Mint, platform: Platform
) -> None:
    conversation = platform.assistant.open_conversation(BANK, Language.EN, "here")
    platform.assistant.want_human(BANK, conversation, Language.EN)
    is_problem(ask(client, token(conversation=conversation)), 409)
    assert platform.assistant.transcript(BANK, conversation)[-1].text == FEE_QUESTION


def test_a_token_of_another_institution_opens_nothing(client: TestClient, token: Mint) -> None:
    problem = is_problem(ask(client, token(RIVAL)), 404)
    assert RIVAL not in json.dumps(problem)
    is_problem(ask(client, token(), institution=RIVAL), 404)
    is_problem(ask(client, token(), institution="no-such-bank"), 404)


def test_a_program_without_a_key_is_told_that_it_needs_one(client: TestClient) -> None:
    problem = is_problem(client.post("/v1/answers", json={"institution": BANK, "question": FEE_QUESTION}), 401)
    assert "no API key was sent; send one as Authorization: Bearer ck_" in problem["detail"]


@pytest.mark.parametrize("bad", [None, "x", "a.b", "a.b.c", "é.ü"])
def test_without_a_token_or_with_a_forged_one_nobody_is_heard(client: TestClient, bad: str | None) -> None:
    headers = {} if bad is None else {"Authorization": f"Bearer {bad}".encode()}
    body = {"institution": BANK, "question": FEE_QUESTION}
    is_problem(client.post("/v1/answers", json=body, headers=headers), 401)
    is_problem(client.post("/v1/search", json={"institution": BANK, "query": "fee"}, headers=headers), 401)


def test_a_token_for_a_conversation_that_is_not_there_finds_nothing(client: TestClient, token: Mint) -> None:
    is_problem(ask(client, token(conversation="gone")), 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"question": ""},
        {"question": "   \n"},
        {"question": "a" * 2001},
        {"question": None},
        {"as_of": "yesterday"},
        {"known_at": "2026-13-01"},
        {"as_of": "2026-02-30"},
        {"language": "fr"},
        {"temperature": 2},
        {"stream": "maybe"},
    ],
    ids=str,
)
def test_a_wrong_body_is_a_problem_that_names_the_field(client: TestClient, token: Mint, wrong: dict[str, Any]) -> None:
    problem = is_problem(ask(client, token(), **wrong), 422)
    assert next(iter(wrong)) in problem["detail"]


def test_what_a_customer_typed_is_not_sent_back_in_a_problem(client: TestClient, token: Mint) -> None:
    problem = is_problem(ask(client, token(), question=["A123456(3)"]), 422)
    assert "A123456" not in json.dumps(problem)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_object_is_a_problem(client: TestClient, token: Mint, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
    is_problem(client.post("/v1/answers", content=body, headers=headers), 422)


def test_an_unexpected_failure_shows_nothing_of_its_inside(
    client: TestClient, token: Mint, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(platform.knowledge, "retrieve", broken)
    for response in (ask(client, token()), ask(client, token(), stream=True)):
        problem = is_problem(response, 500)
        assert SECRET not in response.text
        assert "detail" not in problem


def test_a_missing_index_holds_the_answer_and_shows_no_path(
    client: TestClient, token: Mint, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval.errors import SnapshotMissing

    def missing(*_: object) -> None:
        raise SnapshotMissing("there is no snapshot under /srv/candour/data")

    monkeypatch.setattr(platform.knowledge, "retrieve", missing)
    response = ask(client, token())
    assert (response.status_code, response.json()["status"]) == (200, "held")
    assert "/srv" not in response.text


def test_a_search_gives_passages_and_stores_nothing(client: TestClient, token: Mint) -> None:
    body = {"institution": BANK, "query": "annual fee", "k": 2}
    response = client.post("/v1/search", json=body, headers={"Authorization": f"Bearer {token()}"})
    passages = response.json()["passages"]
    assert [p["rank"] for p in passages] == [1, 2][: len(passages)]
    assert set(passages[0]) == {"rank", "score", "document", "version", "page", "heading", "text", "chunk_id"}


def test_a_search_is_made_in_the_language_of_its_words(client: TestClient, token: Mint) -> None:
    def found(**language: str) -> list[tuple[str, float]]:
        body = {"institution": BANK, "query": "信用卡 lost card", **language}
        response = client.post("/v1/search", json=body, headers={"Authorization": f"Bearer {token()}"})
        return [(passage["chunk_id"], passage["score"]) for passage in response.json()["passages"]]

    assert found() == found(language="zh-Hant")
    assert found() != found(language="en")


def look_for(client: TestClient, token: str, query: str = "annual fee", **body: Any) -> dict[str, Any]:
    sought = {"institution": BANK, "query": query, **body}
    found: dict[str, Any] = client.post("/v1/search", json=sought, headers={"Authorization": f"Bearer {token}"}).json()
    return found


@contextmanager
def switched(platform: Platform, switch: Switch, scope: str = BANK) -> Iterator[None]:
    """Turned on by one person, lifted afterwards by two."""
    database, ledger = platform.foundation.database, platform.foundation.ledger
    with database.write() as session:
        SwitchService(session, scope, ledger).set(switch, "hugo", "wrong figures")
    yield
    with database.write() as session:
        service = SwitchService(session, scope, ledger)
        service.ask_lift(switch, "hugo", "corrected")
        service.confirm_lift(switch, "helen")


@pytest.mark.parametrize("scope", [BANK, EVERYWHERE])
def test_a_search_keeps_back_the_passages_of_a_suspended_topic_and_says_how_many(
    client: TestClient, token: Mint, platform: Platform, scope: str
) -> None:
    held = token()
    before = look_for(client, held)
    assert "card-fees" in {passage["document"] for passage in before["passages"]}
    assert before["withheld"] == 0
    with switched(platform, Switch(Kind.TOPIC, "borrowing"), scope):
        found = look_for(client, held)
    assert "card-fees" not in {passage["document"] for passage in found["passages"]}
    assert found["passages"], "other topics are found as before"
    assert [passage["rank"] for passage in found["passages"]] == list(range(1, len(found["passages"]) + 1))
    assert len(found["passages"]) + found["withheld"] == len(before["passages"])
    assert look_for(client, held) == before, "lifted"


@pytest.mark.parametrize("switch", [Switch(Kind.HAND_OFF), Switch(Kind.LANGUAGE, "en")], ids=str)
def test_a_search_finds_nothing_where_nothing_would_be_answered(
    client: TestClient, token: Mint, platform: Platform, switch: Switch
) -> None:
    held = token()
    with switched(platform, switch):
        found = look_for(client, held)
        chinese = look_for(client, held, "年費", language="zh-Hant")
    assert (found["passages"], found["withheld"] > 0) == ([], True)
    assert bool(chinese["passages"]) is (switch.kind is Kind.LANGUAGE), "another language is not suspended"


def test_a_search_without_knowing_what_is_switched_shows_nothing(
    client: TestClient, token: Mint, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = token()

    def nobody_knows(*_: object) -> None:
        raise DatabaseAway

    monkeypatch.setattr("app.switches.reading.standing_of", nobody_knows)
    response = client.post(
        "/v1/search", json={"institution": BANK, "query": "fee"}, headers={"Authorization": f"Bearer {held}"}
    )
    assert "passages" not in is_problem(response, 503)


@pytest.mark.parametrize("k", [0, 51, "many"])
def test_a_search_for_too_many_or_none_is_a_problem(client: TestClient, token: Mint, k: object) -> None:
    body = {"institution": BANK, "query": "annual fee", "k": k}
    is_problem(client.post("/v1/search", json=body, headers={"Authorization": f"Bearer {token()}"}), 422)


def test_an_address_that_does_not_exist_and_a_wrong_method_are_problems(client: TestClient) -> None:
    is_problem(client.get("/v1/nothing-here"), 404)
    is_problem(client.get("/v1/answers"), 405)


@pytest.mark.parametrize(
    ("spoken", "says"), [("en-GB,en", "There is no such page"), ("zh-HK", "找不到此網頁"), ("zh-CN", "找不到该网页")]
)
@pytest.mark.parametrize("path", ["/nothing-here", "/demo/no-such-bank", "/static/web/nothing.css"])
def test_whoever_opens_a_wrong_address_in_a_browser_reads_a_page_in_their_language(
    client: TestClient, path: str, spoken: str, says: str
) -> None:
    opened = client.get(path, headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": spoken})
    assert (opened.status_code, opened.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f"<h1>{says}</h1>" in opened.text
    assert opened.text.split("<p>")[1].split("</p>")[0][-1] in ".。", "the sentence to its end"


def test_a_browser_gets_problem_details_from_the_api_all_the_same(client: TestClient) -> None:
    is_problem(client.get("/v1/nothing-here", headers={"Accept": "text/html"}), 404)


def test_while_the_database_is_away_a_browser_reads_that_something_is_wrong_here(
    client: TestClient, platform: Platform
) -> None:
    with away(platform.foundation.database):
        opened = client.get("/widget/another-bank.css", headers={"Accept": "text/html"})
    assert opened.status_code == 503
    assert "Please try again in a few minutes." in opened.text


def test_the_description_lists_what_there_is(client: TestClient) -> None:
    description = client.get("/v1/openapi.json").json()
    assert {"/v1/answers", "/v1/search"} <= set(description["paths"])
    assert not [path for path in description["paths"] if path.startswith("/console")]


@pytest.mark.parametrize("body", [{"question": "What is\0the fee?"}, {"institution": BANK + "\0"}])
def test_a_nul_in_a_question_is_refused_in_words_and_never_our_mistake(
    client: TestClient, token: Mint, body: dict[str, str]
) -> None:
    assert ask(client, token(), **body).status_code in {404, 422}
    assert client.get(f"/chat/{BANK}/source/card-fees%00/2026-01").status_code == 404


def test_while_the_database_is_away_the_caller_is_told_when_to_try_again(
    client: TestClient, platform: Platform, token: Mint
) -> None:
    held = token()
    with away(platform.foundation.database):
        response = ask(client, held)
        streamed = ask(client, held, stream=True)
    problem = is_problem(response, 503)
    assert "does not answer" in problem["detail"]
    assert response.headers["retry-after"] == "10"
    assert "sqlite" not in response.text + streamed.text


def test_a_program_takes_its_token_from_the_chat_page_as_the_readme_says(client: TestClient) -> None:
    opened = client.get(f"/chat/{BANK}/")
    held = opened.headers["set-cookie"].split(";")[0].removeprefix(f"candour-chat-{BANK}=")
    client.cookies.clear()
    assert ask(client, held).status_code == 200


def test_the_staffs_part_is_described_beside_it_and_closed_to_customers(client: TestClient, token: Mint) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert {
        "/v1/staff/sessions",
        "/v1/institutions/{institution}/rules",
        "/v1/institutions/{institution}/switches",
    } <= set(paths)
    customers = {"Authorization": f"Bearer {token()}"}
    is_problem(client.get(f"/v1/institutions/{BANK}/rules", headers=customers), 401)
