"""Lists of phrases kept as files, and the patterns that find them in a text in matching form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import yaml

from guardrails.normalise import normalise


@cache
def phrases(file: str) -> dict[str, Any]:
    """What a file of this folder lists, by name."""
    text = resources.files(__package__).joinpath(file).read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - strings alone: "no" is a word here


def pattern_of(listed: Iterable[str]) -> re.Pattern[str]:
    """One of the phrases: English in whole words, the longest first."""
    return re.compile("|".join(map(_whole, sorted(listed, key=len, reverse=True))))


def _whole(phrase: str) -> str:
    plain = normalise(phrase).text
    return rf"(?<![a-z]){re.escape(plain)}(?![a-z])" if plain[0].isascii() and plain[0].isalpha() else re.escape(plain)
