"""Bringing a database to the newest schema, at the start of every process that uses it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from app.db.engine import WRITES, is_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK_ID = 0x0CAD0  # any fixed number: all Candour processes on a PostgreSQL take turns on it


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, all or none. Processes that start at once take turns; repeatable."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if not is_sqlite(connection):
            connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for an open connection; its transaction is the caller's to end."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
