"""Who is alive: said in the database, believed for half a minute, and less of a process that is known to be gone."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from app.db.columns import now_utc
from app.db.session import Database
from app.jobs import heartbeat
from app.jobs.heartbeat import STALE_S, WorkerId, beat, last_beat_s, living

ELSEWHERE = WorkerId("far", "another machine", 1)


def who_lives(database: Database) -> frozenset[str]:
    with database.read() as session:
        return living(session)


def beats(database: Database, worker: WorkerId, *, ended: bool = False) -> None:
    with database.write() as session:
        beat(session, worker, ended=ended)


def test_nobody_ever_beat_then_somebody_did(database: Database) -> None:
    with database.read() as session:
        assert last_beat_s(session) is None
    beats(database, ELSEWHERE)
    with database.read() as session:
        age_s = last_beat_s(session)
    assert age_s is not None
    assert age_s < STALE_S
    assert who_lives(database) == {"far"}


def test_a_worker_that_said_it_ends_is_gone_at_once_and_back_when_it_beats_again(database: Database) -> None:
    beats(database, ELSEWHERE)
    beats(database, ELSEWHERE, ended=True)
    assert who_lives(database) == frozenset()
    beats(database, ELSEWHERE)
    assert who_lives(database) == {"far"}


def test_a_worker_that_is_silent_for_too_long_is_gone(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats(sqlite_database, ELSEWHERE)
    monkeypatch.setattr(heartbeat, "now_utc", lambda: now_utc() + timedelta(seconds=STALE_S + 1))
    assert who_lives(sqlite_database) == frozenset()


def test_a_process_of_this_machine_that_was_killed_is_gone_at_once(sqlite_database: Database) -> None:
    own = WorkerId.of_this_process(None)
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    beats(sqlite_database, replace(own, id="killed", pid=child.pid))
    beats(sqlite_database, own)
    assert who_lives(sqlite_database) == {own.id}


def test_each_start_is_a_worker_of_its_own_unless_it_is_named() -> None:
    first, second = WorkerId.of_this_process(None), WorkerId.of_this_process(None)
    assert first.id != second.id
    assert first.pid == os.getpid()
    assert WorkerId.of_this_process("reader-1").id == "reader-1"
