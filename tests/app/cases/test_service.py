"""Review cases: opened once an incident, decided once, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.cases.errors import CaseDecided, CaseNotFound, ReasonRequired, ReasonTooLong
from app.cases.service import CaseService
from app.cases.types import MAX_REASON_CHARACTERS, CaseState, Filter, Flag, Trigger
from app.db.columns import now_utc
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.tables import AuditEntryRow
from guardrails.types import Severity
from tests.app.worlds import add_institution, an_institution, start_conversation

BANK = "harbour-bank"


@pytest.fixture
def conversation(database: Database, ledger: Ledger) -> str:
    with database.write() as session:
        add_institution(session, ledger)
        return start_conversation(session, BANK, ledger)


def open_case(
    database: Database,
    ledger: Ledger,
    conversation: str,
    severity: Severity = Severity.S3,
    incident: str | None = None,
    trigger: Trigger = Trigger.RAIL_FAILURE,
) -> str:
    with database.write() as session:
        flag = Flag(trigger, severity, conversation, "answer-1", incident)
        return CaseService(session, BANK, ledger).open(flag).id


def test_an_outage_opens_one_case_and_counts(database: Database, ledger: Ledger, conversation: str) -> None:
    ids = {open_case(database, ledger, conversation, incident="rail:pii") for _ in range(3)}
    with database.read() as session:
        [case] = CaseService(session, BANK, ledger).queue()
    assert (ids, case.occurrences) == ({case.id}, 3)


def test_flags_without_an_incident_are_cases_of_their_own(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    assert open_case(database, ledger, conversation) != open_case(database, ledger, conversation)


def test_an_incident_that_comes_back_after_a_decision_is_a_new_case(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    first = open_case(database, ledger, conversation, incident="rail:pii")
    with database.write() as session:
        CaseService(session, BANK, ledger).approve(first, "reviewer-1")
    assert open_case(database, ledger, conversation, incident="rail:pii") != first


def test_an_incident_is_as_severe_as_its_worst_flag(database: Database, ledger: Ledger, conversation: str) -> None:
    for severity in (Severity.S3, Severity.S1, Severity.S4):
        open_case(database, ledger, conversation, severity, incident="rail:pii")
    with database.read() as session:
        assert CaseService(session, BANK, ledger).queue()[0].severity is Severity.S1


def test_the_queue_shows_the_worst_first_then_the_oldest(database: Database, ledger: Ledger, conversation: str) -> None:
    mild, old, new = (
        open_case(database, ledger, conversation, severity) for severity in (Severity.S4, Severity.S2, Severity.S2)
    )
    with database.read() as session:
        assert [case.id for case in CaseService(session, BANK, ledger).queue()] == [old, new, mild]


def test_the_queue_is_filtered_before_it_is_cut(database: Database, ledger: Ledger, conversation: str) -> None:
    for _ in range(3):
        open_case(database, ledger, conversation, Severity.S1)
    mild = open_case(database, ledger, conversation, Severity.S4, trigger=Trigger.COMPLAINT)
    with database.read() as session:
        service = CaseService(session, BANK, ledger)
        complaints = Filter(Trigger.COMPLAINT)
        assert [case.id for case in service.queue(complaints, limit=1)] == [mild]
        assert (service.count(complaints), service.count(Filter()), service.count(Filter(Trigger.SAMPLE))) == (1, 4, 0)


def test_all_states_together_are_listed_open_ones_first_and_page_by_page(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    rejected, approved, mild, severe = (
        open_case(database, ledger, conversation, severity)
        for severity in (Severity.S1, Severity.S1, Severity.S4, Severity.S2)
    )
    with database.write() as session:
        service = CaseService(session, BANK, ledger)
        wrong = service.propose_closing(rejected, "reviewer-1", approves=False, reason="quoted the old fee").id
        service.reject(rejected, "reviewer-2", "", proposal=wrong)
        stood = service.propose_closing(approved, "reviewer-1", approves=True).id
        service.approve(approved, "reviewer-2", proposal=stood)
        pages = [[case.id for case in service.queue(Filter(), limit=3, skip=skip)] for skip in (0, 3, 6)]
    assert pages == [[severe, mild, approved], [rejected], []]


def test_a_decision_is_stored_with_who_and_when(database: Database, ledger: Ledger, conversation: str) -> None:
    case_id = open_case(database, ledger, conversation)
    with database.write() as session:
        CaseService(session, BANK, ledger).reject(case_id, "reviewer-1", " quoted the old fee ")
    with database.read() as session:
        case = CaseService(session, BANK, ledger).get(case_id)
        actions = [entry.action for entry in session.exec(select(AuditEntryRow))]
    assert case.state is CaseState.REJECTED
    assert case.decision is not None
    assert (case.decision.by, case.decision.approved) == ("reviewer-1", False)
    assert case.decision.reason == "quoted the old fee"
    assert case.decision.at.tzinfo is not None
    assert "case:decide:rejected" in actions


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_needs_a_reason(database: Database, ledger: Ledger, conversation: str, reason: str) -> None:
    case_id = open_case(database, ledger, conversation)
    with database.write() as session, pytest.raises(ReasonRequired):
        CaseService(session, BANK, ledger).reject(case_id, "reviewer-1", reason)


def test_a_reason_has_a_limit_and_one_beyond_it_decides_nothing(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    case_id = open_case(database, ledger, conversation)
    with database.write() as session:
        service = CaseService(session, BANK, ledger)
        for decide in (service.approve, service.reject):
            with pytest.raises(ReasonTooLong, match="2,001 characters, at most 2,000"):
                decide(case_id, "reviewer-1", "費" * (MAX_REASON_CHARACTERS + 1))
        assert service.get(case_id).state is CaseState.OPEN
        kept = service.reject(case_id, "reviewer-1", f" {'費' * MAX_REASON_CHARACTERS}\n").decision
    assert kept is not None
    assert kept.reason == "費" * MAX_REASON_CHARACTERS


def test_the_database_too_refuses_a_rejection_without_a_reason(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    case_id = open_case(database, ledger, conversation)
    with database.write() as session:
        CaseService(session, BANK, ledger).approve(case_id, "reviewer-1")
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE decision SET approved = (1 = 0), reason = ' '"))
        session.rollback()


def test_a_decision_is_never_replaced(database: Database, ledger: Ledger, conversation: str) -> None:
    case_id = open_case(database, ledger, conversation)
    with database.write() as session:
        CaseService(session, BANK, ledger).approve(case_id, "reviewer-1")
        with pytest.raises(CaseDecided):
            CaseService(session, BANK, ledger).reject(case_id, "reviewer-2", "second thoughts")


def test_another_institution_finds_no_case(database: Database, ledger: Ledger, conversation: str) -> None:
    case_id = open_case(database, ledger, conversation)
    with database.write() as session:
        add_institution(session, ledger, an_institution("other-bank"))
        foreign = CaseService(session, "other-bank", ledger)
        assert foreign.queue() == ()
        with pytest.raises(CaseNotFound):
            foreign.approve(case_id, "reviewer-1")


def test_answers_to_release_that_wait_too_long_are_found_oldest_first_until_they_are_raised(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    waits = [open_case(database, ledger, conversation, Severity.S2, trigger=Trigger.RELEASE) for _ in range(3)]
    open_case(database, ledger, conversation, Severity.S2)
    with database.write() as session:
        cases = CaseService(session, BANK, ledger)
        proposal = cases.propose_closing(waits[2], "reviewer-2", approves=False, reason="not for chat").id
        cases.reject(waits[2], "reviewer-1", "", proposal=proposal)
        assert cases.overdue(datetime(2020, 1, 1, tzinfo=UTC)) == ()
        assert {case.id for case in cases.overdue(now_utc())} == set(waits[:2])
        assert [cases.raise_severity(case_id, Severity.S1) for case_id in (waits[0], waits[0], waits[2])] == [
            True,
            False,
            False,
        ]
        assert [case.id for case in cases.overdue(now_utc())] == [waits[1]]
        assert cases.get(waits[0]).severity is Severity.S1
    with database.write() as session, pytest.raises(CaseNotFound):
        CaseService(session, an_institution("elsewhere").id, ledger).raise_severity(waits[1], Severity.S1)
