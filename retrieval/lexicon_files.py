"""Reads the word lists of ``retrieval/lexicon``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from retrieval.errors import LexiconInvalid
from retrieval.expansion import Everyday, Group, Lexicon

CANTONESE, MAINLAND, ENGLISH = "cantonese.yaml", "mainland.yaml", "english.yaml"


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon of this package.

    Raises:
        LexiconInvalid: a file breaks its form.
    """
    written: dict[str, Sequence[str]] = {}
    silent: list[str] = []
    for name in (MAINLAND, CANTONESE):
        spoken = _spoken(name, " ")
        written |= spoken.written
        silent += spoken.silent
    groups = (group for name in _group_files() for group in _groups(name))
    return Lexicon(written, silent, groups, _spoken(ENGLISH, ", "))


def _spoken(name: str, separator: str) -> Everyday:
    value = _read(name)
    if not (isinstance(value.get("written"), dict) and isinstance(value.get("silent"), list)):
        raise LexiconInvalid(f"{name}: wanted a mapping 'written' and a list 'silent'")
    return Everyday({key: str(words).split(separator) for key, words in value["written"].items()}, value["silent"])


def _group_files() -> list[str]:
    names = (entry.name for entry in files("retrieval.lexicon").iterdir())
    return sorted(name for name in names if name.startswith("terms_") and name.endswith(".yaml"))


def _groups(name: str) -> Iterator[Group]:
    for group in _read(name).get("groups", ()):
        if not (isinstance(group, dict) and group.get("en") and group.get("zh")):
            raise LexiconInvalid(f"{name}: {group!r} needs a list en and a list zh, neither empty")
        yield Group(tuple(map(str, group["en"])), tuple(map(str, group["zh"])))


def _read(name: str) -> dict[str, Any]:
    try:
        value = yaml.safe_load(files("retrieval.lexicon").joinpath(name).read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise LexiconInvalid(f"retrieval/lexicon/{name} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise LexiconInvalid(f"retrieval/lexicon/{name}: wanted a mapping at its top")
    return value
