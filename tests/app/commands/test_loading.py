"""Whoever waits at a terminal reads what for; a program that reads along is told nothing."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from app.commands.console import loading


@pytest.mark.parametrize(
    ("terminal", "takes_s", "told"),
    [(True, 0.3, "candour: loading the models …\n"), (True, 0.0, ""), (False, 0.3, "")],
)
def test_what_takes_long_is_told_on_a_terminal_once(terminal: bool, takes_s: float, told: str) -> None:
    shown = io.StringIO()
    with loading(Console(file=shown, force_terminal=terminal, highlight=False), after_s=0.1):
        time.sleep(takes_s)
    assert shown.getvalue() == told


def test_ctrl_c_ends_the_waiting_too() -> None:
    shown = io.StringIO()
    with pytest.raises(KeyboardInterrupt), loading(Console(file=shown, force_terminal=True), after_s=0.1):
        raise KeyboardInterrupt
    time.sleep(0.2)
    assert shown.getvalue() == ""
