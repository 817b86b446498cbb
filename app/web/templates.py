"""Jinja templates with autoescape always on; a missing variable is an error, not an empty string."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def template_environment(*folders: Path) -> Environment:
    """Templates found in ``folders``, first match wins; the shared ones of this package come last."""
    shared = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader([*folders, shared]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
