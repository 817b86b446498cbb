"""Whether an operation failed because the database was away or busy: the same may succeed a moment later."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError

_AWAY = ("08", "57P")  # PostgreSQL's classes: connection exceptions; the server stops, starts, or drops its clients
_TOO_MANY_CONNECTIONS = "53300"


def is_away(error: BaseException) -> bool:
    """Whether ``error`` says that there was no connection, that it broke, or that SQLite stayed locked."""
    if isinstance(error, TimeoutError):  # no connection of the pool became free
        return True
    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return "database is locked" in str(cause)
    state = getattr(cause, "sqlstate", None)
    if state is None:  # the server said nothing: it was not there
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return error.connection_invalidated or state.startswith(_AWAY) or state == _TOO_MANY_CONNECTIONS
