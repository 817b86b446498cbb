"""``candour eval``: starts the evaluation in a process of its own; the product never imports what measures it."""

from __future__ import annotations

import subprocess
import sys

import typer

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def evaluate(context: typer.Context) -> None:
    """Measure: candour eval retrieval DIR | answers FILE --institution ID; see candour eval --help."""
    finished = subprocess.run([sys.executable, "-m", "eval", *context.args], check=False)  # noqa: S603 - our module
    raise typer.Exit(finished.returncode)
