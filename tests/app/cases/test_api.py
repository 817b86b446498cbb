"""Held answers by program: the same steps as in the console, by the same people."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from app.answering.types import AnswerStatus
from app.cases.service import CaseService
from app.cases.types import Flag, Trigger
from guardrails.types import Severity
from tests.app.cases.held_desk import REWORDED, HeldDesk
from tests.app.small_bank import BANK, FEE_QUESTION, SmallBank


@pytest.fixture
def desk(small_bank: SmallBank) -> HeldDesk:
    return HeldDesk.of(small_bank)


def is_problem(response: Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json().get("detail", ""))


def an_edit(desk: HeldDesk, text: str = REWORDED) -> list[dict[str, Any]]:
    bench = desk.api("rita", "GET", f"/{desk.case.id}/edit").json()
    return [{"text": text, "sources": bench["sentences"][0]["sources"], "was": 0}]


async def test_the_queue_and_a_case_are_read_with_the_answer_that_waits(desk: HeldDesk) -> None:
    await desk.hold()
    listed = desk.api("ada", "GET", "?trigger=release&state=open").json()
    assert (listed["total"], listed["page"], listed["cases"][0]["language"]) == (1, 1, "en")
    assert desk.api("ada", "GET", "?trigger=fraud").json()["cases"] == []
    is_problem(desk.api("ada", "GET", "?trigger=everything"), 422)
    case = desk.api("ada", "GET", f"/{desk.case.id}").json()
    assert (case["case"]["state"], case["question"], case["obstacle"]) == ("open", FEE_QUESTION, None)
    assert "HK$720" in case["held"]["text"]
    assert "fuller answer" in case["declined"]
    assert case["outcome"] is None
    assert "HK$720" not in case["messages"][-1]["text"]


def proposed(desk: HeldDesk, by: str = "rita", **body: Any) -> dict[str, Any]:
    response = desk.api(by, "POST", f"/{desk.case.id}/proposal", body)
    assert response.status_code == 201, response.text
    value: dict[str, Any] = response.json()
    return value


def approval(proposal: dict[str, Any]) -> dict[str, Any]:
    return {"decision": "approve", "proposal": proposal["id"]}


async def test_an_edit_is_checked_then_proposed_and_released_by_another_as_it_was_shown(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    case, sentences = desk.case.id, an_edit(desk)
    checked = desk.api("rita", "POST", f"/{case}/edit", {"sentences": sentences}).json()
    assert [each["support"] for each in checked["judgements"]] == ["supported"]
    assert REWORDED in checked["text"]
    assert "D01" in checked["statements"]
    wish = {"sentences": sentences, "reason": "plainer"}
    assert "not what you were shown" in is_problem(desk.api("rita", "POST", f"/{case}/proposal", wish), 409)
    proposal = proposed(desk, **wish, seen=checked["seen"])
    assert (proposal["edited"], proposal["text"], proposal["reason"]) == (True, checked["text"], "plainer")
    assert len(desk.said(conversation)) == 1
    decided = desk.api("hugo", "POST", f"/{case}/decision", approval(proposal)).json()
    told = decided["decision"]
    assert (decided["state"], told["by"], told["proposed_by"]) == ("approved", "hugo", "rita")
    assert desk.said(conversation)[-1].text == checked["text"]
    after = desk.api("ada", "GET", f"/{case}").json()
    assert after["outcome"] == checked["text"]
    assert after["edits"][0]["edit"] == "changed"
    assert after["edits"][0]["after"] == REWORDED


async def test_an_edit_that_the_rails_stop_says_why_and_never_goes_out(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    sentences = an_edit(desk, "The annual fee of the Gold Card is HK$270.")
    checked = desk.api("rita", "POST", f"/{desk.case.id}/edit", {"sentences": sentences}).json()
    assert (checked["text"], checked["seen"]) == (None, None)
    assert checked["judgements"][0]["support"] == "contradicted"
    assert "P07" in {finding["rule_id"] for finding in checked["findings"]}
    is_problem(desk.api("rita", "POST", f"/{desk.case.id}/proposal", {"sentences": sentences}), 422)
    assert len(desk.said(conversation)) == 1


@pytest.mark.parametrize(
    ("sentences", "words"),
    [
        ([], "No sentence is left"),
        ([{"text": REWORDED, "sources": [], "was": 0}], "rests on no source"),
        ([{"text": REWORDED, "sources": ["nowhere"], "was": 0}], "not offered here"),
        ([{"text": REWORDED, "sources": ["x"], "was": 7}], "names a sentence"),
        ([{"text": "x" * 1501, "sources": ["x"]}], "sentences.0.text"),
        ([{"text": "hidden\u202e", "sources": ["x"]}], "nobody sees"),
        ([{"text": "x", "sources": ["x"], "statement": "D01"}], "sentences.0.statement"),
    ],
)
async def test_what_is_no_edit_is_refused_with_what_is_wrong(
    desk: HeldDesk, sentences: list[dict[str, Any]], words: str
) -> None:
    await desk.hold()
    assert words in is_problem(desk.api("rita", "POST", f"/{desk.case.id}/edit", {"sentences": sentences}), 422)


@pytest.mark.parametrize(("decision", "status"), [("approve", AnswerStatus.QUOTED), ("reject", AnswerStatus.REFUSED)])
async def test_it_is_released_or_rejected_once(desk: HeldDesk, decision: str, status: AnswerStatus) -> None:
    conversation = await desk.hold()
    case, body = desk.case.id, {"decision": decision, "reason": "seen by me"}
    body |= {"proposal": proposed(desk, "hugo", decision=decision, reason="seen")["id"]}
    assert desk.api("rita", "POST", f"/{case}/decision", body).json()["decision"]["approved"] is (decision == "approve")
    answer = desk.said(conversation)[-1]
    assert answer.status is status
    assert FEE_QUESTION in answer.text, "the question that it is the outcome of"
    is_problem(desk.api("hugo", "POST", f"/{case}/decision", body), 409)
    is_problem(desk.api("hugo", "GET", f"/{case}/edit"), 409)


async def test_a_rejection_needs_a_reason_and_a_withdrawn_document_is_told(desk: HeldDesk) -> None:
    await desk.hold()
    is_problem(desk.api("rita", "POST", f"/{desk.case.id}/decision", {"decision": "reject"}), 422)
    desk.bank.withdraw()
    assert "no longer in force" in desk.api("rita", "GET", f"/{desk.case.id}").json()["obstacle"]
    refused = is_problem(desk.api("rita", "POST", f"/{desk.case.id}/proposal", {}), 409)
    assert "edit it to rest on documents that are" in refused
    assert desk.api("rita", "GET", f"/{desk.case.id}/edit").json()["sentences"][0]["lost"] is True


@pytest.mark.parametrize(("name", "read", "decide"), [("ada", 200, 403), ("maya", 403, 403), ("mallory", 404, 404)])
async def test_who_may_not_read_or_decide_is_refused_and_another_institution_finds_nothing(
    desk: HeldDesk, name: str, read: int, decide: int
) -> None:
    await desk.hold()
    case = desk.case.id
    for path in ("", f"/{case}"):
        assert desk.api(name, "GET", path).status_code == read
    assert desk.api(name, "GET", f"/{case}/edit").status_code == decide
    assert desk.api(name, "POST", f"/{case}/edit", {"sentences": []}).status_code == decide
    assert desk.api(name, "POST", f"/{case}/decision", {"decision": "approve"}).status_code == decide
    assert desk.api(name, "POST", f"/{case}/proposal", {}).status_code == decide
    assert desk.api(name, "POST", f"/{case}/proposal/p/return", {"comment": "no"}).status_code == decide
    assert desk.api(name, "POST", f"/{case}/proposal/p/withdraw").status_code == decide
    is_problem(desk.api("rita", "GET", "/nowhere"), 404)


async def test_another_case_about_a_held_answer_neither_shows_it_nor_lets_it_be_edited_or_released(
    desk: HeldDesk,
) -> None:
    conversation = await desk.hold()
    flag = Flag(Trigger.PLANTED, Severity.S2, conversation, desk.case.answer_id)
    with desk.bank.foundation.database.write() as session:
        other = CaseService(session, BANK, desk.bank.foundation.ledger).open(flag)
    assert desk.api("rita", "GET", f"/{other.id}").json()["held"] is None
    page = desk.page("rita", f"/{other.id}").text
    assert f"{other.id}/edit" not in page
    assert "HK$720" not in page
    assert desk.api("rita", "GET", f"/{other.id}/edit").status_code in (409, 422)
    desk.page("rita", f"/{other.id}/decision", decision="approve")
    assert len(desk.said(conversation)) == 1
