"""A database that is away or busy is told apart from everything else that can go wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, TimeoutError

from app.db.away import is_away
from app.db.engine import make_engine
from app.db.session import Database
from tests.postgres_server import PostgresServer


@pytest.mark.parametrize(
    "cause",
    [
        psycopg.OperationalError("connection failed: connection refused"),
        psycopg.OperationalError("the connection is closed"),
        errors.AdminShutdown("terminating connection due to administrator command"),
        errors.CannotConnectNow("the database system is starting up"),
        errors.TooManyConnections("sorry, too many clients already"),
        sqlite3.OperationalError("database is locked"),
    ],
)
def test_no_connection_a_broken_one_and_a_lock_that_lasts_are_away(cause: Exception) -> None:
    assert is_away(OperationalError("SELECT 1", {}, cause))


def test_so_is_a_pool_without_a_free_connection() -> None:
    assert is_away(TimeoutError("QueuePool limit of size 5 overflow 10 reached"))


@pytest.mark.parametrize(
    "error",
    [
        ProgrammingError("SELECT x", {}, errors.UndefinedColumn("no such column")),
        OperationalError("SELECT 1", {}, errors.QueryCanceled("canceled by a person")),
        OperationalError("INSERT", {}, errors.DiskFull("no space left on device")),
        OperationalError("INSERT", {}, sqlite3.OperationalError("no such table: x")),
        IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed")),
        ValueError("database is locked"),
    ],
)
def test_anything_else_is_not(error: Exception) -> None:
    assert not is_away(error)


@pytest.mark.postgres
def test_a_database_is_asked_whether_it_answers(own_postgres: PostgresServer) -> None:
    database = Database(make_engine(own_postgres.create_database()))
    assert database.answers()
    with own_postgres.away():
        assert not database.answers()
    assert database.answers()


def test_a_database_on_sqlite_answers(tmp_path: Path) -> None:
    assert Database(make_engine(f"sqlite:///{tmp_path}/x.db")).answers()
