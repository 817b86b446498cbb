"""The unit of work: one commit at its end, nothing when it fails."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import select

from app.db.columns import canonical_json, now_utc
from app.db.errors import DatabaseAway, NaiveTime
from app.db.session import Database, after_commit
from app.institutions.tables import InstitutionRow
from tests.fakes.absence import away


def a_row(name: str, at: datetime | None = None) -> InstitutionRow:
    return InstitutionRow(id=name, config="{}", created_at=at or now_utc())


def names(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.exec(select(InstitutionRow.id)))


def test_what_was_written_is_there_after_the_block(database: Database) -> None:
    with database.write() as session:
        session.add(a_row("one"))
    assert names(database) == {"one"}


def test_a_block_that_raises_leaves_nothing_and_runs_no_action(database: Database) -> None:
    done: list[str] = []

    def fail() -> None:
        with database.write() as session:
            after_commit(session, lambda: done.append("ran"))
            session.add(a_row("one"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (names(database), done) == (set(), [])


def test_actions_run_after_the_commit_in_their_order(database: Database) -> None:
    seen: list[object] = []
    with database.write() as session:
        after_commit(session, lambda: seen.append(names(database)))
        after_commit(session, lambda: seen.append("second"))
        session.add(a_row("one"))
    assert seen == [{"one"}, "second"]


def test_a_reading_block_keeps_nothing_that_was_written_in_it(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        session.add(a_row("one"))
        session.flush()
    assert names(sqlite_database) == set()


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.read() as session:
        before = session.exec(select(InstitutionRow.id)).all()
        with database.write() as other:
            other.add(a_row("one"))
        assert session.exec(select(InstitutionRow.id)).all() == before == []
    assert names(database) == {"one"}


def test_writers_queue_up_instead_of_failing_halfway(database: Database) -> None:
    with database.write() as session:
        session.add(a_row("counter"))
    failures: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(5):
                with database.write() as session:
                    own = select(InstitutionRow).where(InstitutionRow.id == "counter").with_for_update()
                    session.exec(own).one().generation += 1
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=count) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.read() as session:
        assert (failures, session.exec(select(InstitutionRow)).one().generation) == ([], 20)


def test_foreign_keys_are_enforced(database: Database) -> None:
    with database.write() as session:
        with pytest.raises(IntegrityError):
            session.execute(
                text("INSERT INTO membership (institution_id, account_id, role) VALUES ('no', 'no', 'maker')")
            )
        session.rollback()


def test_an_instant_reads_back_in_utc(database: Database) -> None:
    hong_kong = datetime(2026, 11, 22, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
    with database.write() as session:
        session.add(a_row("one", hong_kong))
    with database.read() as session:
        stored = session.exec(select(InstitutionRow)).one().created_at
    assert stored == hong_kong
    assert stored.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        session.add(a_row("one", datetime(2026, 11, 22)))
        with pytest.raises(StatementError) as refused:
            session.flush()
        session.rollback()
    assert isinstance(refused.value.orig, NaiveTime)


def test_sqlite_survives_a_power_cut_and_forgets_what_is_deleted(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        settings = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_canonical_json_is_the_same_bytes_for_the_same_value() -> None:
    assert canonical_json({"b": 1, "a": "年費"}) == canonical_json({"a": "年費", "b": 1}) == '{"a":"年費","b":1}'


def test_whoever_finds_the_database_away_is_told_so_whatever_its_driver_says(database: Database) -> None:
    with away(database):
        for unit_of_work in (database.read, database.write):
            with pytest.raises(DatabaseAway), unit_of_work() as session:
                session.execute(text("SELECT 1"))
        assert not database.answers()
    assert database.answers()
