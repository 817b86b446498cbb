"""A new password, which is never an argument: those stand in the shell's history and in the list of processes."""

from __future__ import annotations

import sys

import typer

from app.commands import STOPPED
from app.commands.console import USAGE, fail
from app.plain_text import unseen

MAX_BYTES = 1024


def new_password(username: str, from_stdin: bool) -> str:
    """Asked for twice at the terminal; ``from_stdin``: the first line of standard input, which is no terminal."""
    password = _from_stdin() if from_stdin else _asked(username)
    if found := unseen(password) or ("U+0009" if "\t" in password else None):
        fail(f"the password holds a character that a login form does not take ({found}); leave it out")
    return password


def at_terminal() -> bool:
    """Whether somebody can type here."""
    return sys.stdin is not None and sys.stdin.isatty()


def _asked(username: str) -> str:
    if not at_terminal():
        fail("there is no terminal to ask at; pass the password as one line, with --password-stdin", USAGE)
    try:
        typed: str = typer.prompt(f"New password of {username}", hide_input=True, confirmation_prompt=True, err=True)
    except typer.Abort:
        raise typer.Exit(STOPPED) from None
    return typed


def _from_stdin() -> str:
    """Without its line break; blanks are part of a password."""
    if at_terminal():
        fail("standard input is a terminal, which shows what is typed; leave --password-stdin out", USAGE)
    line = b"" if sys.stdin is None else sys.stdin.buffer.readline(MAX_BYTES + 1)
    if len(line) > MAX_BYTES:
        fail(f"the password is longer than {MAX_BYTES} bytes; choose a shorter one")
    try:
        password = line.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        fail("the password on standard input is not UTF-8; pass it as UTF-8")
    if not password:
        fail("there is no password on standard input; pass it as one line")
    return password
