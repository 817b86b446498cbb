"""A database that is away for a while, in the process that looks for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from app.db.session import Database


@contextmanager
def away(database: Database) -> Iterator[None]:
    """No transaction begins until the block ends; what the driver says is as SQLite and its lock would."""

    def refuse(_: Connection) -> None:
        raise OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))

    event.listen(database.engine, "begin", refuse)
    try:
        yield
    finally:
        event.remove(database.engine, "begin", refuse)
