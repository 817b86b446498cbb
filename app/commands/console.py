"""How commands speak: results on standard output, everything else on standard error, one sentence an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Timer
from typing import Any, NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from app.db.errors import DatabaseAway
from app.errors import UNEXPECTED, problem_of
from app.foundation import Foundation, lay_foundation
from app.hong_kong import iso_day
from app.logs import configure_logs
from app.settings import Settings, SettingsError, load_settings
from knowledge_bases.schema import Language

FAILED, USAGE = 1, 2

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def settings(**changes: object) -> Settings:
    """The settings of this process, with the command line's changes; wrong ones end with a usage error."""
    try:
        loaded = load_settings()
        chosen = {name: value for name, value in changes.items() if value is not None}
        loaded = Settings.model_validate({**loaded.model_dump(), **chosen}) if chosen else loaded
    except (SettingsError, ValueError) as error:
        fail(str(error), USAGE)
    configure_logs(loaded.log_level, loaded.log_json)
    return loaded


@contextmanager
def foundation() -> Iterator[Foundation]:
    """The foundation of this process; what goes wrong inside the block ends as one sentence and an exit status."""
    chosen = settings()
    with sentences():
        yield lay_foundation(chosen)


@contextmanager
def sentences() -> Iterator[None]:
    """Turns the product's errors into one sentence on standard error and the exit status of app.errors' table."""
    try:
        yield
    except typer.Exit:
        raise
    except (SQLAlchemyError, DatabaseAway) as error:  # its message may hold a statement with stored values
        said = error.__cause__ or error
        cause = getattr(said, "orig", None) or type(said).__name__
        fail(f"the database cannot be used ({cause}); check its disk space, its file and CANDOUR_DATABASE_URL")
    except OSError as error:
        fail(
            f"{error.strerror or type(error).__name__} ({error.filename or 'data folder'}); check disk and permissions"
        )
    except Exception as error:
        problem = problem_of(error)
        if problem is UNEXPECTED:
            raise
        fail(str(error), problem.exit_code)


@contextmanager
def loading(terminal: Console = err, after_s: float = 1.0) -> Iterator[None]:
    """Says on a terminal what is waited for, once it takes longer than ``after_s`` seconds."""
    told = Timer(after_s, terminal.print, ["candour: loading the models …"])
    told.daemon = True
    if terminal.is_terminal:
        told.start()
    try:
        yield
    finally:
        told.cancel()


def fail(message: str, status: int = FAILED) -> NoReturn:
    """Ends the command: ``message`` on standard error, ``status`` as its exit status."""
    err.print(f"candour: {message}", markup=False)
    raise typer.Exit(status)


def print_json(value: Any) -> None:
    """One JSON document on standard output, readable by people too."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def parse_day(text: str | None) -> date | None:
    """A day given as an option, YYYY-MM-DD; anything else is a usage error."""
    if text is None:
        return None
    try:
        return iso_day(text)
    except ValueError:
        fail(f"{text!r} is not a date; write it as YYYY-MM-DD", USAGE)


def parse_language(text: str | None) -> Language | None:
    """A language given as an option; anything else is a usage error."""
    if text is None:
        return None
    try:
        return Language(text)
    except ValueError:
        fail(f"{text!r} is not a language; use {', '.join(Language)}", USAGE)
