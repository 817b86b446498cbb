"""Tampering, one way after the other: each shows, and says where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from app.conversations.service import ConversationService
from app.db.session import Database
from app.evidence.audit import AuditLog, Happening, Ledger
from app.evidence.hashes import GENESIS, entry_hash
from app.evidence.report import Breach
from app.evidence.service import EvidenceService
from app.evidence.tables import KEYED, UNKEYED, AuditEntryRow, AuditHeadRow
from app.evidence.verification import AuditVerifier
from app.keys import MasterKey
from tests.app.worlds import add_institution, publish, some_evidence, start_conversation

BANK = "harbour-bank"


@pytest.fixture
def answers(database: Database, ledger: Ledger) -> list[str]:
    """Ten entries: a bank with three recorded answers in two conversations, checkpoints every five."""
    with database.write() as session:
        add_institution(session, ledger)
        key = publish(session, BANK, ledger)
        first, second = (start_conversation(session, BANK, ledger) for _ in range(2))
        recorded = [some_evidence(conversation, key) for conversation in (first, first, second)]
        for evidence in recorded:
            EvidenceService(session, BANK, ledger).record(evidence)
    return [evidence.answer_id for evidence in recorded]


def tamper(database: Database, statement: str, **values: object) -> None:
    with database.write() as session:
        session.execute(text(statement), values)


def breaches(database: Database, ledger: Ledger) -> set[Breach]:
    return {found.breach for found in AuditVerifier(database, ledger).verify(BANK).breaches}


def test_what_nobody_touched_is_whole(database: Database, ledger: Ledger, answers: list[str]) -> None:
    report = AuditVerifier(database, ledger).verify(BANK)
    assert report.breaches == ()
    assert (report.evidence, report.erased_conversations) == (3, 0)
    assert (report.entries, report.anchored) == (10, 10)


def test_a_changed_ciphertext_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    tamper(database, "UPDATE evidence SET ciphertext = :c WHERE answer_id = :id", c=b"other", id=answers[1])
    [found] = AuditVerifier(database, ledger).verify(BANK).breaches
    assert (found.breach, found.subject_id) == (Breach.EVIDENCE_CHANGED, answers[1])


def test_a_changed_ciphertext_with_its_digest_made_up_shows(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    change = "UPDATE evidence SET ciphertext = :c, digest = :d WHERE answer_id = :id"
    tamper(database, change, c=b"other", d="0" * 64, id=answers[1])
    assert breaches(database, ledger) == {Breach.EVIDENCE_CHANGED}


@pytest.mark.parametrize("column", ["status", "reason"])
def test_a_changed_column_of_evidence_shows(
    database: Database, ledger: Ledger, answers: list[str], column: str
) -> None:
    tamper(database, f"UPDATE evidence SET {column} = 'refused' WHERE answer_id = :id", id=answers[0])  # noqa: S608
    assert breaches(database, ledger) == {Breach.EVIDENCE_CHANGED}


@pytest.mark.parametrize("column", ["action", "subject_id", "fields", "digest"])
def test_a_changed_field_of_an_entry_shows(database: Database, ledger: Ledger, answers: list[str], column: str) -> None:
    tamper(database, f"UPDATE audit_entry SET {column} = '{{}}' WHERE seq = 4")  # noqa: S608
    assert Breach.ENTRY_CHANGED in breaches(database, ledger)


@pytest.mark.parametrize("column", ["fields", "digest", "mac", "hash"])
def test_a_field_of_an_entry_that_is_no_longer_readable_shows(
    database: Database, ledger: Ledger, answers: list[str], column: str
) -> None:
    tamper(database, f"UPDATE audit_entry SET {column} = '年費' WHERE seq = 10")  # noqa: S608
    assert breaches(database, ledger) & {Breach.ENTRY_CHANGED, Breach.ENTRY_FORGED}


def test_a_changed_time_of_an_entry_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    tamper(database, "UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE seq = 4")
    assert breaches(database, ledger) == {Breach.ENTRY_CHANGED}


def test_an_entry_removed_from_the_middle_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    tamper(database, "DELETE FROM audit_entry WHERE seq = 4")
    found = AuditVerifier(database, ledger).verify(BANK).breaches
    assert [(b.breach, b.seq) for b in found] == [(Breach.CHAIN_BROKEN, 5)]


def test_a_cut_tail_shows_by_the_head_even_where_no_checkpoint_covers_it(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    with database.write() as session:
        AuditLog(session, BANK, ledger).append(Happening("thing:happen:done", "last"))
    tamper(database, "DELETE FROM audit_entry WHERE seq > 10")
    tamper(database, "UPDATE audit_head SET seq = 10, hash = (SELECT hash FROM audit_entry WHERE seq = 10)")
    assert breaches(database, ledger) == {Breach.HEAD_FORGED}


def test_a_cut_tail_shows_by_the_checkpoint_even_with_the_head_put_back_as_it_was(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    with database.read() as session:
        before = session.exec(select(AuditHeadRow)).one().model_dump()
    with database.write() as session:
        for _ in range(5):
            AuditLog(session, BANK, ledger).append(Happening("thing:happen:done", "later"))
    tamper(database, "DELETE FROM audit_entry WHERE seq > 10")
    tamper(database, "UPDATE audit_head SET seq = :seq, hash = :hash, checkpoints = :checkpoints, mac = :mac", **before)
    assert breaches(database, ledger) == {Breach.TAIL_CUT}


def test_a_log_cut_down_to_nothing_shows_without_any_checkpoint(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    for table in ("evidence", "document_version", "audit_entry", "audit_head"):
        tamper(database, f"DELETE FROM {table}")  # noqa: S608
    ledger.checkpoints.path(BANK).unlink()
    assert breaches(database, ledger) == {Breach.HEAD_WRONG}


def test_a_head_that_forgets_its_checkpoints_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    AuditVerifier(database, ledger).checkpoint(BANK)
    tamper(database, "UPDATE audit_head SET checkpoints = 0")
    assert breaches(database, ledger) == {Breach.HEAD_FORGED}


def test_a_cut_tail_without_moving_the_head_shows_at_once(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    tamper(database, "DELETE FROM audit_entry WHERE seq > 9")
    assert Breach.HEAD_WRONG in breaches(database, ledger)


def test_swapped_entries_show(database: Database, ledger: Ledger, answers: list[str]) -> None:
    for old, new in ((4, 1004), (3, 4), (1004, 3)):
        tamper(database, "UPDATE audit_entry SET seq = :new WHERE seq = :old", old=old, new=new)
    assert {Breach.CHAIN_BROKEN, Breach.ENTRY_CHANGED} <= breaches(database, ledger)


def test_evidence_swapped_between_two_answers_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    for old, new in ((answers[0], "x"), (answers[1], answers[0]), ("x", answers[1])):
        tamper(database, "UPDATE evidence SET answer_id = :new WHERE answer_id = :old", old=old, new=new)
    found = AuditVerifier(database, ledger).verify(BANK).breaches
    assert {(b.breach, b.subject_id) for b in found} == {
        (Breach.EVIDENCE_CHANGED, answers[0]),
        (Breach.EVIDENCE_CHANGED, answers[1]),
    }


def test_removed_evidence_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    tamper(database, "DELETE FROM evidence WHERE answer_id = :id", id=answers[2])
    assert breaches(database, ledger) == {Breach.EVIDENCE_MISSING}


def test_evidence_slipped_in_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    copied = "institution_id, 'slipped', conversation_id, status, reason, nonce, ciphertext, digest, created_at"
    columns = "institution_id, answer_id, conversation_id, status, reason, nonce, ciphertext, digest, created_at"
    tamper(database, f"INSERT INTO evidence ({columns}) SELECT {copied} FROM evidence LIMIT 1")  # noqa: S608
    assert breaches(database, ledger) == {Breach.EVIDENCE_UNRECORDED}


def test_a_chain_rewritten_without_the_key_shows_entry_by_entry(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    rewrite(database, lambda action: "version:submit:done" if action == "version:publish:done" else action)
    found = breaches(database, ledger)
    assert found == {Breach.ENTRY_FORGED, Breach.HEAD_FORGED, Breach.HISTORY_REWRITTEN}


def test_a_chain_rewritten_in_the_form_without_keys_shows(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    rewrite(database, lambda action: action, version=UNKEYED)
    assert breaches(database, ledger) == {Breach.HEAD_FORGED, Breach.HISTORY_REWRITTEN}
    ledger.checkpoints.path(BANK).unlink()
    assert breaches(database, ledger) == {Breach.HEAD_FORGED}


def test_an_entry_added_without_the_key_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    other_key = replace(ledger, master=MasterKey(bytes(32)))
    with database.write() as session:
        AuditLog(session, BANK, other_key).append(Happening("thing:happen:done", "made up"))
    found = AuditVerifier(database, ledger).verify(BANK).breaches
    assert {(b.breach, b.seq) for b in found} == {(Breach.ENTRY_FORGED, 11), (Breach.HEAD_FORGED, 11)}


def test_removed_checkpoints_show(database: Database, ledger: Ledger, answers: list[str]) -> None:
    AuditVerifier(database, ledger).checkpoint(BANK)
    ledger.checkpoints.path(BANK).unlink()
    [found] = AuditVerifier(database, ledger).verify(BANK).breaches
    assert (found.breach, found.subject_id) == (Breach.CHECKPOINT_MISSING, "0 of 4")


def test_one_removed_checkpoint_shows_even_with_another_written_twice(
    database: Database, ledger: Ledger, answers: list[str]
) -> None:
    AuditVerifier(database, ledger).checkpoint(BANK)
    path = ledger.checkpoints.path(BANK)
    first, _, *rest = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join([first, first, *rest]), "utf-8")
    assert breaches(database, ledger) == {Breach.CHECKPOINT_MISSING}


def test_a_forged_checkpoint_shows(database: Database, ledger: Ledger, answers: list[str]) -> None:
    checkpoint = ledger.checkpoints.read(BANK).valid[0]
    path = ledger.checkpoints.path(BANK)
    path.write_text(path.read_text("utf-8").replace(checkpoint.hash, "0" * 64), "utf-8")
    assert breaches(database, ledger) == {Breach.CHECKPOINT_FORGED}


def test_an_erased_conversation_still_verifies(database: Database, ledger: Ledger, answers: list[str]) -> None:
    with database.write() as session:
        conversation = EvidenceService(session, BANK, ledger).get(answers[0]).conversation_id
        ConversationService(session, BANK, ledger).erase(conversation, by="operator-1")
    report = AuditVerifier(database, ledger).verify(BANK)
    assert (report.breaches, report.erased_conversations, report.evidence) == ((), 1, 3)


def rewrite(database: Database, change: Callable[[str], str], version: int = KEYED) -> None:
    """What somebody with the database and our source could do: change entries and compute every hash again."""
    with database.write() as session:
        previous = GENESIS
        for entry in session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.seq))).all():
            entry.action = change(entry.action)
            entry.prev_hash, entry.version = previous, version
            previous = entry.hash = entry_hash(entry)
        head = session.exec(select(AuditHeadRow)).one()
        head.hash, head.version = previous, version
