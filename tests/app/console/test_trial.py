"""Staff try a question: they see what the assistant finds, quotes and says, and nothing of it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.answering.parts import Parts
from app.answering.ports import OneRulebook
from app.console.desk import Answering, Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from app.evidence.service import EvidenceService
from guardrails.rulebook import load_rulebook
from guardrails.types import Action, Reason, Verdict
from tests.app.console.conftest import Browser
from tests.app.console.world import OWN, World
from tests.fakes.answering import FakeKnowledge, FakeRails, FakeRecorder, passage

SEARCH = f"/console/{OWN}/search"
FEE = "The annual fee of the Gold Card is HK$1,800."
QUESTION = "What is the annual fee of the gold card?"


class Assistant:
    """A console whose assistant is made of fakes."""

    def __init__(self, world: World, **knowledge: Any) -> None:
        self.world = world
        self.knowledge, self.rails, self.recorder = (
            FakeKnowledge((passage(FEE),), **knowledge),
            FakeRails(),
            FakeRecorder(),
        )
        app = FastAPI()
        rulebooks = OneRulebook(load_rulebook())
        parts = Parts(self.knowledge, self.rails, rulebooks, self.recorder, lambda: date(2026, 11, 22))
        mount_console(app, Desk(world.foundation, (), Answering(cast(Any, self.knowledge), parts)))
        self.client = TestClient(app, follow_redirects=False)
        self.client.cookies.set(SESSION_COOKIE, world.tickets["ada"].token, path="/console")

    def ask(self, question: str = QUESTION, **fields: str) -> str:
        form = {"csrf": self.world.tickets["ada"].csrf_token, "q": question, **fields}
        response = self.client.post(SEARCH, data=form)
        assert response.status_code == 200
        return response.text


@pytest.fixture
def assistant(world: World) -> Iterator[Assistant]:
    one = Assistant(world)
    yield one
    one.client.close()


def test_the_quote_that_would_be_shown_is_marked_and_leads_to_its_place(assistant: Assistant) -> None:
    page = assistant.ask()
    assert "The assistant would answer" in page
    assert page.index(FEE) < page.index("Would be quoted")
    assert f"/documents/card-fees/2026-01?parse={'a' * 64}&amp;start=0&amp;end={len(FEE)}#quote" in page


def test_weak_evidence_is_said_to_be_no_answer(world: World) -> None:
    page = Assistant(world, strength=0.2).ask()
    assert "The assistant would not answer" in page
    assert "too weak to answer from" in page
    assert FEE in page  # what was found is shown all the same
    assert "Would be quoted" not in page


def test_a_question_is_asked_of_a_day_and_in_a_language(assistant: Assistant) -> None:
    assistant.ask(as_of="2026-03-01", language="zh-Hant")
    question, on = assistant.knowledge.asked[-1]
    assert (on, question.language) == (date(2026, 3, 1), "zh-Hant")


def test_a_rail_that_stops_the_question_is_named(assistant: Assistant) -> None:
    assistant.rails.on_input = Verdict(Action.REFUSE, "", reason=Reason.ADVICE)
    page = assistant.ask("Which fund should I buy?")
    assert "The assistant would not answer" in page
    assert "advice" in page


def test_nothing_is_recorded(assistant: Assistant, world: World) -> None:
    with world.foundation.database.read() as session:
        before = len(list(EvidenceService(session, OWN, world.foundation.ledger).readable()))
    assistant.ask()
    with world.foundation.database.read() as session:
        after = len(list(EvidenceService(session, OWN, world.foundation.ledger).readable()))
    assert (after, assistant.recorder.answers) == (before, [])


def test_what_is_asked_stays_out_of_addresses(browser: Browser) -> None:
    page = browser("ada").get(SEARCH).text
    assert f'method="post" action="{SEARCH}"' in page


def test_an_empty_or_endless_question_is_refused(assistant: Assistant) -> None:
    for question in ("", "x" * 2001):
        form = {"csrf": assistant.world.tickets["ada"].csrf_token, "q": question}
        assert assistant.client.post(SEARCH, data=form).status_code == 422


def test_a_process_that_does_not_answer_says_so(browser: Browser, world: World) -> None:
    form = {"csrf": world.tickets["ada"].csrf_token, "q": QUESTION}
    response = browser("ada").post(SEARCH, data=form)
    assert (response.status_code, "does not answer questions" in response.text) == (422, True)


def test_receipts_are_read_by_everyone_and_none_are_said_to_be(browser: Browser) -> None:
    assert "Nothing has been removed." in browser("ada").get(f"/console/{OWN}/receipts").text
