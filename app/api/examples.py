"""Replies as the specification shows them beside their descriptions; the words are in ``examples.yaml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _examples() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files(__package__) / "examples.yaml").read_text(encoding="utf-8"))
    return loaded


def replies_like(example: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route whose reply looks like ``example``."""
    return {200: {"content": {"application/json": {"example": _examples()[example]}}}}
