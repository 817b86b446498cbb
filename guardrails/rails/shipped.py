"""The configuration of the shipped flows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
COURSE = "process user input"  # what NeMo calls the course of a check (check.co)


def shipped_config() -> dict[str, Any]:
    """NeMo's configuration; ``rails.retrieval`` is not what NeMo calls so (``guardrails.rails.nemo``)."""
    config: dict[str, Any] = yaml.safe_load((HERE / "config.yml").read_text("utf-8"))
    return config


def shipped_names() -> frozenset[str]:
    """The names of the shipped flows, which no other flow may take."""
    return frozenset([COURSE, *(name for stage in shipped_config()["rails"].values() for name in stage["flows"])])
