"""Making an engine for SQLite (the default) or PostgreSQL.

SQLite runs in WAL with ``synchronous=FULL``: what was committed survives a power cut, which evidence needs. The
driver's own transaction handling is switched off, so that a transaction begins where SQLAlchemy says, and a writing
one takes the write lock at once (``BEGIN IMMEDIATE``): two writers queue up instead of failing halfway.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

BUSY_TIMEOUT_MS = 30_000
CONNECT_TIMEOUT_S = 5  # of PostgreSQL, where its address does not say otherwise; a machine that is gone refuses nothing
WRITES = "candour_writes"

_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # a destroyed conversation key is overwritten, not just unlinked
)


def make_engine(url: str) -> Engine:
    """An engine for ``url`` (``sqlite:///…`` with a file, or ``postgresql+psycopg://…``)."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite":
        patience = {} if "connect_timeout" in parts.query else {"connect_timeout": CONNECT_TIMEOUT_S}
        return create_engine(url, pool_pre_ping=True, connect_args=patience)
    engine = create_engine(url, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_sqlite(bind: Engine | Connection) -> bool:
    """Whether ``bind`` talks to SQLite."""
    return bind.dialect.name == "sqlite"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
