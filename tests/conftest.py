"""Databases for tests: every test that asks for ``database`` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, text

from app.db.engine import make_engine
from app.db.schema import upgrade
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.checkpoints import Checkpoints
from app.keys import MasterKey
from app.staff import passwords
from app.tables import METADATA
from tests.postgres_server import PostgresMissing, PostgresServer
from tests.requirements import missing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running in this thread; asynchronous tests need their own."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session", autouse=True)
def real_password_hasher() -> Iterator[PasswordHasher]:
    """The product's hasher, for the test that looks at it; all others hash quickly."""
    real = passwords.HASHER
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield real
    passwords.HASHER = real


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the test session's own, in a temporary folder; skips with the reason where there is none."""
    try:
        server = PostgresServer.start()
    except PostgresMissing as reason:
        missing("postgres", str(reason))
    yield server
    server.stop()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server of the test's own, which it may take away for a while."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = PostgresServer.start(port=port)
    except PostgresMissing as reason:
        missing("postgres", str(reason))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_engine(postgres_server: PostgresServer) -> Iterator[Engine]:
    """One migrated PostgreSQL database, shared: emptied before each test."""
    engine = make_engine(postgres_server.create_database())
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty migrated SQLite database."""
    path = tmp_path / "candour.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with the newest schema."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    if request.param == "postgres":
        empty(engine)
    return Database(engine)


@pytest.fixture
def sqlite_database(sqlite_engine: Engine) -> Database:
    """An empty SQLite database, for tests of what does not depend on the database."""
    return Database(sqlite_engine)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Keys that are the same in every test, and checkpoints in the test's own folder."""
    master = MasterKey(bytes(range(32)))
    return Ledger(master, Checkpoints(tmp_path / "checkpoints", master.signing), checkpoint_every=5)


def empty(engine: Engine) -> None:
    """Remove every row."""
    names = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names}"))
