"""Runs ``candour`` commands in process, in a data folder of the test's own, with the quick embedder."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from app.cli import cli
from tests.app.small_bank import EMBEDDER, one_rails, one_rulebook


@dataclass(frozen=True)
class Ran:
    """How a command ended; ``both`` is what a terminal shows, in its order."""

    status: int
    out: str
    err: str
    both: str = ""

    @property
    def json(self) -> Any:
        """Standard output, which is one JSON document."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def home(small_bank_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder a command works in: a small bank in ``data``, no settings but the data folder."""
    shutil.copytree(small_bank_home, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANDOUR_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """A command sends logs to its standard error, which is the runner's and closed after it."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def run(home: Path, logs_as_before: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command; an error that no command turned into a sentence fails the test."""
    for module in ("app.composition", "app.doctor.search"):
        monkeypatch.setattr(f"{module}.make_embedder", lambda *_: EMBEDDER)
    monkeypatch.setattr("app.composition.load_rulebook", lambda **_: one_rulebook())
    monkeypatch.setattr("app.composition.Rails", lambda *_, **__: one_rails())
    monkeypatch.setattr(one_rails(), "close", lambda: None)

    def run_command(*words: str, stdin: str | bytes | None = None) -> Ran:
        result: Result = CliRunner().invoke(cli, list(words), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr, result.output)

    return run_command
