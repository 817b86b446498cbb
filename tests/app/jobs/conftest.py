"""A house for tests with real worker processes, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.foundation import Foundation, lay_foundation
from tests.app.small_bank import BANK, bring_into_force, settings_of, write_folders
from tests.postgres_server import PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Foundation]:
    """A bank in force, whose folder and database any worker can be pointed at."""
    changes = {}
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        changes = {"database_url": server.create_database()}
    foundation = lay_foundation(settings_of(tmp_path / "data", **changes))
    bring_into_force(foundation, write_folders(tmp_path / "folders")[BANK])
    yield foundation
    foundation.database.engine.dispose()
