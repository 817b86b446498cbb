"""The concepts of ``lexicon.yaml``: what attacks and their harmless neighbours speak of."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from guardrails.patterns import Patterns


@cache
def concepts() -> dict[str, Patterns]:
    """Each concept's expressions, in the order of the file."""
    text = resources.files(__package__).joinpath("lexicon.yaml").read_text(encoding="utf-8")
    return {name: Patterns(*expressions) for name, expressions in yaml.safe_load(text).items()}


def named_in(text: str) -> tuple[str, ...]:
    """The concepts that occur in normalised ``text``, in the order of the file."""
    return tuple(name for name, patterns in concepts().items() if text in patterns)
