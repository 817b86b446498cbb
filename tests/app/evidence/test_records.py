"""What the log vouches for beside evidence: cases, decisions, messages and versions. Each tampering is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import text

from app.cases.service import CaseService
from app.cases.types import Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.db.session import Database
from app.documents.publishing import Publishing
from app.documents.service import DocumentService
from app.documents.types import Progress, Stage
from app.evidence.audit import Ledger
from app.evidence.report import AuditBreach, Breach
from app.evidence.verification import AuditVerifier
from app.evidence.vouching import Kind
from guardrails.types import Severity
from knowledge_bases.schema import VersionKey
from tests.app.worlds import CHECKER, add_institution, an_upload, publish, start_conversation

BANK = "harbour-bank"
OLD, NEW = VersionKey("limits", "2023"), VersionKey("limits", "2024")


@dataclass(frozen=True)
class World:
    """Ids of what the bank has: one version took over from another, one case of two is decided."""

    conversation: str
    decided: str
    opened: str


@pytest.fixture
def world(database: Database, ledger: Ledger) -> World:
    with database.write() as session:
        add_institution(session, ledger)
        publish(session, BANK, ledger, an_upload(OLD, effective_from=date(2023, 1, 1)))
        publish(session, BANK, ledger, an_upload(NEW, effective_from=date(2024, 10, 1)))
        conversation = start_conversation(session, BANK, ledger)
        words = ConversationService(session, BANK, ledger)
        for role in (MessageRole.CUSTOMER, MessageRole.STAFF):
            words.say(conversation, role, f"words of {role}")
        cases = CaseService(session, BANK, ledger)
        decided, opened = (cases.open(Flag(t, Severity.S3, conversation)).id for t in (Trigger.SAMPLE, Trigger.REFUSAL))
        cases.reject(decided, "reviewer-1", "quoted the old fee")
    return World(conversation, decided, opened)


def tamper(database: Database, statement: str, **values: object) -> None:
    with database.write() as session:
        session.execute(text(statement), values)


def found(database: Database, ledger: Ledger) -> tuple[AuditBreach, ...]:
    return AuditVerifier(database, ledger).verify(BANK).breaches


def named(database: Database, ledger: Ledger) -> set[tuple[Breach, str]]:
    return {(breach.breach, breach.subject_id) for breach in found(database, ledger)}


def test_what_nobody_touched_is_whole(database: Database, ledger: Ledger, world: World) -> None:
    assert found(database, ledger) == ()


def test_every_kind_of_record_has_its_breaches() -> None:
    for kind in Kind:
        assert {f"{kind.name}_{how}" for how in ("CHANGED", "MISSING", "UNRECORDED")} <= set(Breach.__members__)


def test_a_deleted_case_shows(database: Database, ledger: Ledger, world: World) -> None:
    tamper(database, "DELETE FROM review_case WHERE id = :id", id=world.opened)
    assert named(database, ledger) == {(Breach.CASE_MISSING, world.opened)}


@pytest.mark.parametrize(
    "change", ["severity = 'S4'", "trigger = 'held'", "occurrences = 9", "answer_id = 'other'", "incident_key = 'x'"]
)
def test_an_altered_case_shows(database: Database, ledger: Ledger, world: World, change: str) -> None:
    tamper(database, f"UPDATE review_case SET {change} WHERE id = :id", id=world.opened)  # noqa: S608
    assert named(database, ledger) == {(Breach.CASE_CHANGED, world.opened)}


def test_a_case_closed_without_a_decision_shows(database: Database, ledger: Ledger, world: World) -> None:
    tamper(database, "UPDATE review_case SET state = 'approved' WHERE id = :id", id=world.opened)
    assert named(database, ledger) == {(Breach.CASE_CHANGED, world.opened)}


def test_a_case_slipped_in_shows(database: Database, ledger: Ledger, world: World) -> None:
    columns = "conversation_id, trigger, severity, occurrences, state, opened_at"
    tamper(
        database,
        f"INSERT INTO review_case (institution_id, id, {columns}) "  # noqa: S608
        f"SELECT institution_id, 'slipped', {columns} FROM review_case WHERE id = :id",
        id=world.opened,
    )
    assert named(database, ledger) == {(Breach.CASE_UNRECORDED, "slipped")}


def test_an_incident_that_counted_on_is_still_whole(database: Database, ledger: Ledger, world: World) -> None:
    for severity in (Severity.S3, Severity.S1):
        with database.write() as session:
            flag = Flag(Trigger.RAIL_FAILURE, severity, world.conversation, incident_key="rail:pii")
            CaseService(session, BANK, ledger).open(flag)
    assert found(database, ledger) == ()


def test_a_deleted_decision_shows(database: Database, ledger: Ledger, world: World) -> None:
    tamper(database, "DELETE FROM decision")
    assert named(database, ledger) == {(Breach.DECISION_MISSING, world.decided)}


@pytest.mark.parametrize("change", ["reason = 'nothing wrong'", "by = 'somebody'", "approved = (1 = 1)"])
def test_an_altered_decision_shows(database: Database, ledger: Ledger, world: World, change: str) -> None:
    tamper(database, f"UPDATE decision SET {change}")  # noqa: S608
    assert named(database, ledger) == {(Breach.DECISION_CHANGED, world.decided)}


def test_a_decision_slipped_in_shows(database: Database, ledger: Ledger, world: World) -> None:
    columns = "by, at, approved, reason"
    tamper(
        database,
        f"INSERT INTO decision (institution_id, case_id, {columns}) "  # noqa: S608
        f"SELECT institution_id, :id, {columns} FROM decision",
        id=world.opened,
    )
    assert named(database, ledger) == {(Breach.DECISION_UNRECORDED, world.opened)}


def message_id(database: Database, seq: int) -> str:
    with database.read() as session:
        return str(session.execute(text("SELECT id FROM message WHERE seq = :seq"), {"seq": seq}).scalar_one())


def test_a_deleted_message_shows(database: Database, ledger: Ledger, world: World) -> None:
    last = message_id(database, 2)
    tamper(database, "DELETE FROM message WHERE seq = 2")
    assert named(database, ledger) == {(Breach.MESSAGE_MISSING, last)}


@pytest.mark.parametrize("change", ["ciphertext = nonce", "role = 'assistant'", "seq = 7", "answer_id = 'other'"])
def test_an_altered_message_shows(database: Database, ledger: Ledger, world: World, change: str) -> None:
    first = message_id(database, 1)
    tamper(database, f"UPDATE message SET {change} WHERE seq = 1")  # noqa: S608
    assert named(database, ledger) == {(Breach.MESSAGE_CHANGED, first)}


def test_a_message_inserted_beside_the_log_shows(database: Database, ledger: Ledger, world: World) -> None:
    columns = "conversation_id, role, nonce, ciphertext, at"
    tamper(
        database,
        f"INSERT INTO message (institution_id, id, seq, {columns}) "  # noqa: S608
        f"SELECT institution_id, 'slipped', 3, {columns} FROM message WHERE seq = 1",
    )
    assert named(database, ledger) == {(Breach.MESSAGE_UNRECORDED, "slipped")}


def test_a_message_by_nobody_shows_and_stops_no_check(database: Database, ledger: Ledger, world: World) -> None:
    tamper(database, "UPDATE message SET role = 'nobody' WHERE seq = 1")
    [breach] = found(database, ledger)
    assert breach.breach is Breach.RECORD_UNREADABLE
    assert "nobody" in breach.subject_id


def test_messages_of_an_erased_conversation_still_verify(database: Database, ledger: Ledger, world: World) -> None:
    with database.write() as session:
        ConversationService(session, BANK, ledger).erase(world.conversation, by="operator-1")
    assert found(database, ledger) == ()
    tamper(database, "UPDATE message SET ciphertext = nonce WHERE seq = 1")
    assert {breach for breach, _ in named(database, ledger)} == {Breach.MESSAGE_CHANGED}


def test_a_superseded_version_revived_by_its_status_shows(database: Database, ledger: Ledger, world: World) -> None:
    tamper(database, "UPDATE document_version SET status = 'published' WHERE version = :v", v=OLD.version)
    assert named(database, ledger) == {(Breach.VERSION_CHANGED, "limits@2023")}


@pytest.mark.parametrize("column", ["effective_from", "effective_to", "declared_to"])
def test_a_version_revived_by_its_dates_shows(database: Database, ledger: Ledger, world: World, column: str) -> None:
    change = f"UPDATE document_version SET {column} = '2030-01-01' WHERE version = :v"  # noqa: S608
    tamper(database, change, v=OLD.version)
    assert named(database, ledger) == {(Breach.VERSION_CHANGED, "limits@2023")}


def test_a_withdrawn_version_revived_shows(database: Database, ledger: Ledger, world: World) -> None:
    with database.write() as session:
        Publishing(session, BANK, ledger).withdraw(NEW, CHECKER, "wrong limit")
    assert found(database, ledger) == ()
    tamper(database, "UPDATE document_version SET status = 'published', withdrawn_at = NULL WHERE version = '2024'")
    assert named(database, ledger) == {(Breach.VERSION_CHANGED, "limits@2024")}


@pytest.mark.parametrize("column", ["parse_sha256", "file_sha256", "segment", "title"])
def test_a_version_that_points_to_other_words_shows(
    database: Database, ledger: Ledger, world: World, column: str
) -> None:
    tamper(database, f"UPDATE document_version SET {column} = 'other' WHERE version = '2024'")  # noqa: S608
    assert named(database, ledger) == {(Breach.VERSION_CHANGED, "limits@2024")}


def test_a_deleted_version_shows(database: Database, ledger: Ledger, world: World) -> None:
    tamper(database, "DELETE FROM document_version WHERE version = '2024'")
    assert named(database, ledger) == {(Breach.VERSION_MISSING, "limits@2024")}


def test_a_version_slipped_in_shows(database: Database, ledger: Ledger, world: World) -> None:
    tamper(database, "UPDATE document_version SET version = 'new' WHERE version = '2024'")
    assert (Breach.VERSION_UNRECORDED, "limits@new") in named(database, ledger)


def test_the_progress_of_ingestion_needs_no_entry(database: Database, ledger: Ledger, world: World) -> None:
    with database.write() as session:
        documents = DocumentService(session, BANK, ledger)
        documents.register(an_upload(VersionKey("limits", "2025")))
        documents.set_progress(VersionKey("limits", "2025"), Progress(Stage.PARSING, 1, 3))
        documents.mark_failed(VersionKey("limits", "2025"), "the file is damaged")
    assert found(database, ledger) == ()
