"""Logs from before entries were keyed: they keep verifying, are taken over once, and hide nothing in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from app.cases.service import CaseService
from app.cases.types import Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.db.engine import WRITES, make_engine
from app.db.schema import alembic_config, upgrade
from app.db.session import Database
from app.evidence.adoption import adopt_old_logs
from app.evidence.audit import Ledger
from app.evidence.checkpoints import Checkpoint
from app.evidence.hashes import GENESIS, entry_hash
from app.evidence.report import Breach
from app.evidence.service import EvidenceService
from app.evidence.tables import UNKEYED, AuditEntryRow, AuditHeadRow
from app.evidence.verification import AuditVerifier
from guardrails.types import Severity
from knowledge_bases.schema import VersionKey
from tests.app.worlds import add_institution, an_upload, publish, some_evidence, start_conversation

BANK = "harbour-bank"
OLD, NEW = VersionKey("limits", "2023"), VersionKey("limits", "2024")


@pytest.fixture
def old_log(database: Database, ledger: Ledger) -> int:
    """A bank as it was before, with a bit of everything; the number of its entries, all in the old form."""
    with database.write() as session:
        add_institution(session, ledger)
        publish(session, BANK, ledger, an_upload(OLD, effective_from=date(2023, 1, 1)))
        key = publish(session, BANK, ledger, an_upload(NEW, effective_from=date(2024, 10, 1)))
        conversation = start_conversation(session, BANK, ledger)
        EvidenceService(session, BANK, ledger).record(some_evidence(conversation, key))
        ConversationService(session, BANK, ledger).say(conversation, MessageRole.CUSTOMER, "how much?")
        cases = CaseService(session, BANK, ledger)
        decided, _ = (cases.open(Flag(t, Severity.S3, conversation)).id for t in (Trigger.SAMPLE, Trigger.REFUSAL))
        cases.reject(decided, "reviewer-1", "quoted the old fee")
    with database.write() as session:
        return make_old(session, ledger)


def make_old(session: Session, ledger: Ledger) -> int:
    """Takes away what the old form did not have, and signs the log's end as it was signed then."""
    seq, previous, last = 0, GENESIS, None
    for entry in session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.seq))).all():
        if entry.action.startswith(("message:", "decision:")):
            session.delete(entry)
            session.flush()
            continue
        seq, last = seq + 1, entry
        entry.seq, entry.version, entry.mac, entry.prev_hash = seq, UNKEYED, None, previous
        entry.digest = entry.digest if entry.action.startswith("answer:") else None
        previous = entry.hash = entry_hash(entry)
        session.flush()
    head = session.exec(select(AuditHeadRow)).one()
    head.seq, head.hash, head.version, head.checkpoints, head.mac = seq, previous, UNKEYED, 0, None
    ledger.checkpoints.path(BANK).unlink()
    assert last is not None
    ledger.checkpoints.write(Checkpoint(BANK, seq, previous, last.at, UNKEYED))
    return seq


def tamper(database: Database, statement: str) -> None:
    with database.write() as session:
        session.execute(text(statement))


def breaches(database: Database, ledger: Ledger) -> set[Breach]:
    return {found.breach for found in AuditVerifier(database, ledger).verify(BANK).breaches}


def entries(database: Database) -> list[tuple[int, int, str]]:
    with database.read() as session:
        rows = session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.seq)))
        return [(row.seq, row.version, row.hash) for row in rows]


def test_an_old_log_is_whole_once_it_was_taken_over(database: Database, ledger: Ledger, old_log: int) -> None:
    adopt_old_logs(database, ledger)
    report = AuditVerifier(database, ledger).verify(BANK)
    assert report.breaches == ()
    assert report.entries == report.anchored > old_log


def test_old_entries_keep_their_form_and_their_hashes(database: Database, ledger: Ledger, old_log: int) -> None:
    before = entries(database)
    adopt_old_logs(database, ledger)
    after = entries(database)
    assert after[:old_log] == before
    assert {version for _, version, _ in before} == {UNKEYED}
    assert UNKEYED not in {version for _, version, _ in after[old_log:]}


def test_a_log_is_taken_over_once(database: Database, ledger: Ledger, old_log: int) -> None:
    adopt_old_logs(database, ledger)
    before = entries(database)
    adopt_old_logs(database, ledger)
    assert entries(database) == before


def test_what_comes_after_is_held_by_the_key(database: Database, ledger: Ledger, old_log: int) -> None:
    adopt_old_logs(database, ledger)
    with database.write() as session:
        publish(session, BANK, ledger)
    assert breaches(database, ledger) == set()
    tamper(database, "UPDATE message SET role = 'staff'")
    assert breaches(database, ledger) == {Breach.MESSAGE_CHANGED}


def test_an_old_entry_changed_afterwards_shows(database: Database, ledger: Ledger, old_log: int) -> None:
    adopt_old_logs(database, ledger)
    tamper(database, "UPDATE audit_entry SET subject_id = 'x' WHERE seq = 1")
    assert breaches(database, ledger) == {Breach.ENTRY_CHANGED}


@pytest.mark.parametrize(
    ("statement", "breach"),
    [
        ("UPDATE document_version SET status = 'published' WHERE version = '2023'", Breach.VERSION_UNRECORDED),
        ("UPDATE document_version SET effective_to = NULL WHERE version = '2023'", Breach.VERSION_UNRECORDED),
        ("DELETE FROM document_version WHERE version = '2023'", Breach.VERSION_MISSING),
        ("UPDATE review_case SET state = 'approved' WHERE state = 'open'", Breach.CASE_UNRECORDED),
        ("DELETE FROM review_case WHERE state = 'open'", Breach.CASE_MISSING),
        ("UPDATE decision SET by = 'somebody'", Breach.DECISION_UNRECORDED),
        ("DELETE FROM decision", Breach.DECISION_MISSING),
        ("DELETE FROM evidence", Breach.EVIDENCE_MISSING),
    ],
)
def test_what_contradicts_the_old_log_is_not_taken_over(
    database: Database, ledger: Ledger, old_log: int, statement: str, breach: Breach
) -> None:
    tamper(database, statement)
    adopt_old_logs(database, ledger)
    assert breaches(database, ledger) == {breach}


def test_a_log_set_back_to_the_old_form_is_not_taken_over_again(
    database: Database, ledger: Ledger, old_log: int
) -> None:
    adopt_old_logs(database, ledger)
    tamper(database, "UPDATE audit_head SET version = 1, mac = NULL")
    adopt_old_logs(database, ledger)
    assert breaches(database, ledger) == {Breach.HEAD_FORGED}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def older_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as the release before left it: one entry, hashed as it was hashed then."""
    url = f"sqlite:///{tmp_path / 'older.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_server").create_database()
    engine = make_engine(url)
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        command.upgrade(alembic_config(connection), "0002")
        at = "2026-11-22T08:30:15.123456+00:00"
        members = {"institution": BANK, "seq": 1, "at": at, "action": "thing:happen:done", "subject": "thing"}
        value = {**members, "digest": None, "fields": "{}", "prev": GENESIS}
        canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        stored = {"bank": BANK, "at": at[:26].replace("T", " ") + "+00:00" * (request.param == "postgres")}
        stored |= {"prev": GENESIS, "hash": hashlib.sha256(canonical.encode()).hexdigest()}
        columns = "institution_id, seq, at, action, subject_id, fields, prev_hash, hash"
        row = ":bank, 1, :at, 'thing:happen:done', 'thing', '{}', :prev, :hash"
        connection.execute(text(f"INSERT INTO audit_entry ({columns}) VALUES ({row})"), stored)  # noqa: S608
        connection.execute(text("INSERT INTO audit_head (institution_id, seq, hash) VALUES (:bank, 1, :hash)"), stored)
    yield engine
    engine.dispose()


def test_a_database_of_the_release_before_migrates_and_verifies(older_engine: Engine, ledger: Ledger) -> None:
    upgrade(older_engine)
    database = Database(older_engine)
    adopt_old_logs(database, ledger)
    report = AuditVerifier(database, ledger).verify(BANK)
    assert (report.breaches, report.entries) == ((), 2)
    assert [version for _, version, _ in entries(database)] == [1, 2]
