"""The schema: migrations and models say the same, on both databases."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from app.db.engine import make_engine
from app.db.schema import upgrade
from app.db.session import Database
from app.tables import METADATA


def test_the_migrations_make_the_schema_the_models_describe(database: Database) -> None:
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert differences == []


def test_models_and_migrations_agree_on_check_constraints(database: Database) -> None:
    found = inspect(database.engine)
    for table in METADATA.sorted_tables:
        in_models = {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        in_database = {c["name"] for c in found.get_check_constraints(table.name)}
        assert in_database == in_models, table.name


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database.engine)
    assert set(inspect(database.engine).get_table_names()) == {*METADATA.tables, "alembic_version"}


def test_processes_that_start_at_once_take_turns(tmp_path: Path) -> None:
    engines = [make_engine(f"sqlite:///{tmp_path / 'new.db'}") for _ in range(4)]
    failures: list[BaseException] = []

    def start(index: int) -> None:
        try:
            upgrade(engines[index])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert "institution" in inspect(engines[0]).get_table_names()
    for engine in engines:
        engine.dispose()
