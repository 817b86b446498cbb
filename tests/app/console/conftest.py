"""A console over two banks: built once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.console.desk import Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from app.db.engine import make_engine
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.checkpoints import Checkpoints
from app.keys import MasterKey
from app.staff.service import StaffService
from app.staff.types import Role
from tests.app.console.world import OWN, World, build, foundation_at

Browser = Callable[[str | None], TestClient]


@pytest.fixture(scope="session")
def world_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A filled data folder to copy from."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copy(sqlite_template, folder / "candour.db")
    engine = make_engine(f"sqlite:///{folder / 'candour.db'}")
    world = build(foundation_at(folder, Database(engine), _ledger(folder)))
    engine.dispose()
    return folder, world


@pytest.fixture
def world(world_template: tuple[Path, World], tmp_path: Path) -> Iterator[World]:
    """Two banks of the test's own."""
    template, built = world_template
    folder = tmp_path / "data"
    shutil.copytree(template, folder)
    engine = make_engine(f"sqlite:///{folder / 'candour.db'}")
    yield replace(built, foundation=foundation_at(folder, Database(engine), _ledger(folder)))
    engine.dispose()


@pytest.fixture
def app(world: World) -> FastAPI:
    """An app with nothing but the console."""
    app = FastAPI()
    mount_console(app, Desk(world.foundation))
    return app


@pytest.fixture
def browser(app: FastAPI, world: World) -> Iterator[Browser]:
    """Opens a client for a member of staff by name; None is nobody. Redirects are not followed."""
    opened: list[TestClient] = []

    def open_for(name: str | None) -> TestClient:
        client = TestClient(app, follow_redirects=False)
        if name is not None:
            client.cookies.set(SESSION_COOKIE, world.tickets[name].token, path="/console")
        opened.append(client)
        return client

    yield open_for
    for client in opened:
        client.close()


def _ledger(folder: Path) -> Ledger:
    master = MasterKey(bytes(range(32)))
    return Ledger(master, Checkpoints(folder / "checkpoints", master.signing), checkpoint_every=5)


@pytest.fixture
def second(world: World) -> str:
    """A second compliance head: rita holds that role too."""
    with world.foundation.database.write() as session:
        StaffService(session, world.foundation.ledger).grant(
            world.tickets["rita"].account_id, OWN, Role.HEAD, by="tests"
        )
    return "rita"
