"""The audit chain: appended in turn, whole or nothing, with signed checkpoints in a second place."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from app.db.errors import MissingInstitution
from app.db.session import Database
from app.evidence.audit import AuditLog, Happening, Ledger
from app.evidence.export import AuditExport
from app.evidence.report import Breach
from app.evidence.tables import AuditEntryRow, AuditHeadRow
from app.evidence.verification import AuditVerifier


def append(database: Database, ledger: Ledger, count: int, institution_id: str = "a-bank") -> None:
    for index in range(count):
        with database.write() as session:
            AuditLog(session, institution_id, ledger).append(Happening("thing:happen:done", f"thing-{index}"))


def append_and_fail(database: Database, ledger: Ledger) -> None:
    with database.write() as session:
        AuditLog(session, "a-bank", ledger).append(Happening("thing:happen:done", "lost"))
        raise RuntimeError


def seqs(database: Database, institution_id: str = "a-bank") -> list[int]:
    with database.read() as session:
        own = select(AuditEntryRow.seq).where(AuditEntryRow.institution_id == institution_id)
        return list(session.exec(own.order_by(col(AuditEntryRow.seq))))


def test_entries_count_from_one_per_institution(database: Database, ledger: Ledger) -> None:
    append(database, ledger, 3)
    append(database, ledger, 2, "b-bank")
    assert seqs(database) == [1, 2, 3]
    assert seqs(database, "b-bank") == [1, 2]


def test_what_one_unit_of_work_appends_is_sent_at_its_end_with_one_move_of_the_head(
    database: Database, ledger: Ledger
) -> None:
    append(database, ledger, 1)
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(" ".join(statement.split()[:2]))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.write() as session:
        for index in range(3):
            AuditLog(session, "a-bank", ledger).append(Happening("thing:happen:done", f"thing-{index}"))
    event.remove(database.engine, "before_cursor_execute", note)
    assert sorted(each for each in sent if not each.startswith(("BEGIN", "SELECT"))) == [
        "INSERT INTO",
        "UPDATE audit_head",
    ]
    assert seqs(database) == [1, 2, 3, 4]
    assert AuditVerifier(database, ledger).verify("a-bank").whole


def test_a_unit_of_work_that_fails_leaves_no_entry_and_no_gap(database: Database, ledger: Ledger) -> None:
    append(database, ledger, 1)
    with pytest.raises(RuntimeError):
        append_and_fail(database, ledger)
    append(database, ledger, 1)
    assert seqs(database) == [1, 2]
    assert AuditVerifier(database, ledger).verify("a-bank").whole


def test_concurrent_writers_make_no_fork_and_no_gap(database: Database, ledger: Ledger) -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            append(database, ledger, 8)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert seqs(database) == list(range(1, 33))
    assert AuditVerifier(database, ledger).verify("a-bank").whole


def test_a_checkpoint_is_signed_at_the_first_and_every_few_entries_and_covers_them(
    database: Database, ledger: Ledger
) -> None:
    append(database, ledger, 12)
    checkpoints = ledger.checkpoints.read("a-bank")
    assert [c.seq for c in checkpoints.valid] == [1, 5, 10]
    assert AuditVerifier(database, ledger).verify("a-bank").anchored == 10


def test_no_checkpoint_is_written_for_what_was_rolled_back(database: Database, ledger: Ledger) -> None:
    append(database, ledger, 4)
    with pytest.raises(RuntimeError):
        append_and_fail(database, ledger)
    assert [c.seq for c in ledger.checkpoints.read("a-bank").valid] == [1]


def test_the_head_notes_the_checkpoints_that_were_made(database: Database, ledger: Ledger) -> None:
    noted = []
    for _ in range(7):
        append(database, ledger, 1)
        with database.read() as session:
            noted.append(session.exec(select(AuditHeadRow)).one().checkpoints)
    AuditVerifier(database, ledger).checkpoint("a-bank")
    with database.read() as session:
        noted.append(session.exec(select(AuditHeadRow)).one().checkpoints)
    assert noted == [0, 1, 1, 1, 1, 2, 2, 3]


def test_an_entry_after_a_broken_head_does_not_make_it_whole(database: Database, ledger: Ledger) -> None:
    append(database, ledger, 3)
    with database.write() as session:
        session.exec(select(AuditHeadRow)).one().mac = "0" * 64
    append(database, ledger, 1)
    AuditVerifier(database, ledger).checkpoint("a-bank")
    report = AuditVerifier(database, ledger).verify("a-bank")
    assert {b.breach for b in report.breaches} == {Breach.HEAD_FORGED}
    assert [c.seq for c in ledger.checkpoints.read("a-bank").valid] == [1]


def test_checkpointing_on_demand_anchors_the_last_entry(database: Database, ledger: Ledger) -> None:
    append(database, ledger, 3)
    AuditVerifier(database, ledger).checkpoint("a-bank")
    assert AuditVerifier(database, ledger).verify("a-bank").anchored == 3


def test_checkpointing_an_empty_log_writes_nothing(database: Database, ledger: Ledger) -> None:
    AuditVerifier(database, ledger).checkpoint("a-bank")
    assert ledger.checkpoints.read("a-bank").valid == ()


def test_an_empty_log_is_whole(database: Database, ledger: Ledger) -> None:
    report = AuditVerifier(database, ledger).verify("a-bank")
    assert (report.whole, report.entries) == (True, 0)


def test_the_export_lets_anyone_compute_the_chain_again(database: Database, ledger: Ledger) -> None:
    append(database, ledger, 3)
    with database.read() as session:
        lines = [json.loads(line) for line in AuditExport(session, "a-bank").lines()]
    previous = "0" * 64
    for line in lines:
        stated = line.pop("hash")
        assert line["prev"] == previous
        canonical = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(canonical.encode()).hexdigest() == stated
        previous = stated
    assert len(lines) == 3


@pytest.mark.parametrize("nobody", ["", "  ", None])
def test_a_log_without_an_institution_is_an_error(sqlite_database: Database, ledger: Ledger, nobody: str) -> None:
    with sqlite_database.read() as session, pytest.raises(MissingInstitution):
        AuditLog(session, nobody, ledger)
    with pytest.raises(MissingInstitution):
        AuditVerifier(sqlite_database, ledger).verify(nobody)
