"""A complaint in the Review room: by when it is answered, and the reply that its customer reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from app.cases.service import CaseService
from app.cases.tables import CaseRow
from app.cases.types import COMPLAINT_KEY, Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.tables import ConversationRow, MessageRow
from app.conversations.types import MessageRole
from app.db.columns import now_utc
from app.evidence.tables import AuditEntryRow
from app.handover.advice import UNCHECKED
from app.hong_kong import today_in_hong_kong
from app.webhooks.service import WebhookService
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


def send(browser: Browser, world: World, name: str, case_id: str, words: str, noted: str = UNCHECKED):
    form = {"csrf": world.tickets[name].csrf_token, "reply": words, "noted": noted}
    return browser(name).post(f"{ROOM}/{case_id}/reply", data=form)


def close(browser: Browser, world: World, case_id: str, note: str = ""):
    form = {"csrf": world.tickets["rita"].csrf_token, "decision": "approve", "reason": note}
    return browser("rita").post(f"{ROOM}/{case_id}/decision", data=form)


def note(browser: Browser, world: World, case_id: str, way: str, on: str):
    form = {"csrf": world.tickets["rita"].csrf_token, "way": way, "on": on}
    return browser("rita").post(f"{ROOM}/{case_id}/answered", data=form)


def changed(world: World, case_id: str, **fields: object) -> None:
    with world.foundation.database.write() as session:
        talk = CaseService(session, OWN, world.foundation.ledger).get(case_id).conversation_id
        row = session.exec(select(ConversationRow).where(ConversationRow.id == talk)).one()
        for name, value in fields.items():
            setattr(row, name, value)
        session.add(row)


def long_ago(world: World, case_id: str) -> None:
    with world.foundation.database.write() as session:
        talk = CaseService(session, OWN, world.foundation.ledger).get(case_id).conversation_id
        for row in session.exec(select(MessageRow).where(MessageRow.conversation_id == talk)):
            row.at -= timedelta(hours=3)
            session.add(row)
    changed(world, case_id, created_at=now_utc() - timedelta(hours=3))


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
    changed(world, complaint, language=language)
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


def test_what_the_rules_say_of_a_reply_is_shown_before_it_goes_out(
    browser: Browser, world: World, complaint: str
) -> None:
    page = send(browser, world, "rita", complaint, "We have refunded the fee.", noted="")
    assert "The rules could not be asked" in page.text
    assert ">We have refunded the fee.</textarea>" in page.text
    assert 'name="noted" value="unchecked"' in page.text
    assert said(world, complaint) == []


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("We refunded card 4111 1111 1111 1111.", "We refunded card [CARD]."),
        ("你的身份證 A123456(3) 已核實。", "你的身份證 [HKID] 已核實。"),
        ("您的密码是 Summer2024x 。", "您的密码是 [PASSWORD] 。"),
    ],
)
def test_a_customers_numbers_are_masked_and_the_reply_is_read_again_before_it_goes_out(
    browser: Browser, world: World, complaint: str, words: str, left: str
) -> None:
    page = send(browser, world, "rita", complaint, words)
    assert f">{left}</textarea>" in page.text
    assert "Nothing was sent yet" in page.text
    assert said(world, complaint) == []
    assert send(browser, world, "rita", complaint, left).status_code == 303
    assert said(world, complaint)[-1].endswith(left)


def test_how_somebody_is_reached_is_not_masked(browser: Browser, world: World, complaint: str) -> None:
    words = "Call us on 2123 4567 or write to care@north.example, Mr Chan."
    assert send(browser, world, "rita", complaint, words).status_code == 303


def test_the_same_reply_sent_several_times_is_said_once(browser: Browser, world: World, complaint: str) -> None:
    rita = browser("rita")
    for _ in range(3):
        assert send(lambda _: rita, world, "rita", complaint, "We have refunded the fee.").status_code == 303
    assert len(said(world, complaint)) == 1


@pytest.mark.parametrize("form", ["reply", "decision", "proposal", "call-back", "answered"])
def test_the_address_of_a_refused_form_opened_again_is_the_case(
    browser: Browser, world: World, complaint: str, form: str
) -> None:
    response = browser("rita").get(f"{ROOM}/{complaint}/{form}", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, f"{ROOM}/{complaint}")


@pytest.mark.parametrize(
    ("origin", "told"),
    [("direct", "Nobody can read a reply here"), ("api_key:abc", "an institution&#39;s own program")],
)
def test_where_there_is_no_chat_the_page_says_so(
    browser: Browser, world: World, complaint: str, origin: str, told: str
) -> None:
    changed(world, complaint, origin=origin)
    assert told in browser("rita").get(f"{ROOM}/{complaint}").text


def test_where_the_chat_has_run_out_the_page_says_when_the_customer_was_last_seen(
    browser: Browser, world: World, complaint: str
) -> None:
    assert "will probably not be read" not in browser("rita").get(f"{ROOM}/{complaint}").text
    long_ago(world, complaint)
    assert "will probably not be read: the customer last wrote on" in browser("rita").get(f"{ROOM}/{complaint}").text


def test_an_answer_by_letter_is_noted_once_shown_and_audited(browser: Browser, world: World, complaint: str) -> None:
    today = today_in_hong_kong().isoformat()
    for _ in range(2):
        assert note(browser, world, complaint, "letter", today).status_code == 303
    assert browser("rita").get(f"{ROOM}/{complaint}").text.count("Answered by letter on") == 1
    with world.foundation.database.read() as session:
        actions = session.exec(select(AuditEntryRow.action).where(AuditEntryRow.subject_id == complaint)).all()
    assert actions.count("complaint:answer:done") == 1
    assert close(browser, world, complaint).status_code == 303


def test_an_answer_to_come_or_in_no_known_way_is_not_noted(browser: Browser, world: World, complaint: str) -> None:
    tomorrow = (today_in_hong_kong() + timedelta(days=1)).isoformat()
    assert "is still to come" in note(browser, world, complaint, "letter", tomorrow).text
    assert "Choose how the customer was answered" in note(browser, world, complaint, "pigeon", tomorrow).text


def test_a_complaint_that_was_never_answered_is_not_dealt_with_unless_a_note_says_why(
    browser: Browser, world: World, complaint: str
) -> None:
    refused = close(browser, world, complaint)
    assert refused.status_code == 409
    assert "Nobody has answered the customer" in refused.text
    assert close(browser, world, complaint, "Withdrawn by the customer on the telephone.").status_code == 303


def test_a_reply_that_can_be_read_lets_it_be_closed_and_one_that_can_not_does_not(
    browser: Browser, world: World, complaint: str
) -> None:
    changed(world, complaint, origin="direct")
    send(browser, world, "rita", complaint, "We are looking into it.")
    assert close(browser, world, complaint).status_code == 409
    changed(world, complaint, origin="https://bank.example")
    send(browser, world, "rita", complaint, "We have refunded the fee.")
    assert close(browser, world, complaint).status_code == 303


def test_the_institutions_own_desk_is_told_as_of_any_reply(
    browser: Browser, world: World, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(WebhookService, "publish", lambda self, kind, subject, payload: told.append((kind, payload)))
    send(browser, world, "rita", complaint, "We have refunded the fee.")
    (kind, payload) = told[-1]
    assert (kind, payload["reference"], payload["case_id"]) == ("handover.reply", NUMBER, complaint)
    assert "refunded" not in str(payload)
