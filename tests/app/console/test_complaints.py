"""A complaint in the Review room: by when it is answered, and the reply that its customer reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from app.cases.service import CaseService
from app.cases.tables import CaseRow
from app.cases.types import COMPLAINT_KEY, Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.tables import ConversationRow
from app.conversations.types import MessageRole
from app.evidence.tables import AuditEntryRow
from guardrails.types import Severity
from knowledge_bases.schema import Language
from tests.app.console.conftest import Browser
from tests.app.console.world import OWN, World

ROOM = f"/console/{OWN}/cases"
NUMBER = "C261127-BCDFGH"


@pytest.fixture
def complaint(world: World) -> str:
    with world.foundation.database.write() as session:
        service = CaseService(session, OWN, world.foundation.ledger)
        talk = service.get(world.case_id).conversation_id
        return service.open(Flag(Trigger.COMPLAINT, Severity.S2, talk, incident_key=COMPLAINT_KEY + NUMBER)).id


def aged(world: World, case_id: str, days: int) -> None:
    with world.foundation.database.write() as session:
        row = session.exec(select(CaseRow).where(CaseRow.id == case_id)).one()
        row.opened_at -= timedelta(days=days)
        session.add(row)


def send(browser: Browser, world: World, name: str, case_id: str, words: str):
    form = {"csrf": world.tickets[name].csrf_token, "reply": words}
    return browser(name).post(f"{ROOM}/{case_id}/reply", data=form)


def said(world: World, case_id: str) -> list[str]:
    with world.foundation.database.read() as session:
        talk = CaseService(session, OWN, world.foundation.ledger).get(case_id).conversation_id
        transcript = ConversationService(session, OWN, world.foundation.ledger).transcript(talk)
    return [message.text for message in transcript if message.role is MessageRole.STAFF]


def test_a_complaint_says_by_when_it_is_answered_in_the_list_and_on_its_page(
    browser: Browser, world: World, complaint: str
) -> None:
    for address in (ROOM, f"{ROOM}/{complaint}"):
        assert "Reply due by" in browser("rita").get(address).text
    aged(world, complaint, 31)
    for address in (ROOM, f"{ROOM}/{complaint}"):
        assert "Overdue since" in browser("rita").get(address).text


def test_an_overdue_complaint_stands_before_worse_cases(browser: Browser, world: World, complaint: str) -> None:
    with world.foundation.database.write() as session:
        service = CaseService(session, OWN, world.foundation.ledger)
        worse = service.open(Flag(Trigger.FRAUD, Severity.S1, service.get(complaint).conversation_id)).id
    text = browser("rita").get(ROOM).text
    assert text.index(worse) < text.index(complaint)
    aged(world, complaint, 31)
    text = browser("rita").get(ROOM).text
    assert text.index(complaint) < text.index(worse)


def test_one_without_a_number_is_to_be_acknowledged_first(world: World) -> None:
    with world.foundation.database.write() as session:
        service = CaseService(session, OWN, world.foundation.ledger)
        case = service.open(Flag(Trigger.COMPLAINT, Severity.S2, service.get(world.case_id).conversation_id))
    assert case.due_at == case.opened_at + timedelta(days=7)


@pytest.mark.parametrize(
    ("language", "lead"),
    [
        (Language.EN, "Our reply to your complaint, number C261127-BCDFGH:"),
        (Language.ZH_HANT, "就你的投訴（編號 C261127-BCDFGH），我們的回覆如下："),
        (Language.ZH_HANS, "就您的投诉（编号 C261127-BCDFGH），我们的回复如下："),
    ],
)
def test_the_customer_reads_the_reply_below_a_line_in_their_language_and_the_log_notes_it(
    browser: Browser, world: World, complaint: str, language: Language, lead: str
) -> None:
    with world.foundation.database.write() as session:
        talk = CaseService(session, OWN, world.foundation.ledger).get(complaint).conversation_id
        row = session.exec(select(ConversationRow).where(ConversationRow.id == talk)).one()
        row.language = language
        session.add(row)
    assert send(browser, world, "rita", complaint, "We have refunded the fee.").status_code == 303
    assert said(world, complaint)[-1] == f"{lead}\n\nWe have refunded the fee."
    assert "We have refunded the fee." in browser("rita").get(f"{ROOM}/{complaint}").text
    with world.foundation.database.read() as session:
        actions = session.exec(select(AuditEntryRow.action).where(AuditEntryRow.subject_id == complaint)).all()
    assert "complaint:reply:done" in actions


@pytest.mark.parametrize("words", ["  ", "x" * 2001])
def test_no_reply_and_one_too_long_are_refused_and_nothing_typed_is_lost(
    browser: Browser, world: World, complaint: str, words: str
) -> None:
    before = said(world, complaint)
    response = send(browser, world, "rita", complaint, words)
    assert response.status_code == 409
    assert words.strip() in response.text
    assert said(world, complaint) == before


def test_only_a_complaint_is_replied_to_here(browser: Browser, world: World) -> None:
    assert "is no complaint" in send(browser, world, "rita", world.case_id, "Hello").text


def test_an_auditor_reads_and_does_not_reply(browser: Browser, world: World, complaint: str) -> None:
    assert send(browser, world, "ada", complaint, "Hello").status_code == 403
    assert 'name="reply"' not in browser("ada").get(f"{ROOM}/{complaint}").text
