"""Reads the word lists of ``retrieval/lexicon`` and ``retrieval/thesaurus``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from retrieval.concepts import Concept, Thesaurus
from retrieval.errors import LexiconInvalid
from retrieval.expansion import Everyday, Group, Lexicon

CANTONESE, MAINLAND, ENGLISH = "cantonese.yaml", "mainland.yaml", "english.yaml"
EVERYDAY = "everyday.tsv"  # the one list of the thesaurus that is no trade's
BETWEEN_FORMS = " / "
SLIPS = "slips.yaml"


@dataclass(frozen=True)
class Slips:
    """What is typed for what: an English word for another, and for a Chinese character those typed in its place."""

    english: Mapping[str, str]
    chinese: Mapping[str, str]


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


@cache
def shipped_thesaurus() -> Thesaurus:
    """The concepts of ``retrieval/thesaurus``, and those the lexicon's equals amount to.

    Raises:
        LexiconInvalid: a file breaks its form.
    """
    names = sorted(entry.name for entry in files("retrieval.thesaurus").iterdir() if entry.name.endswith(".tsv"))
    return Thesaurus((*(concept for name in names for concept in _concepts(name)), *_from_lexicon()))


@cache
def shipped_slips() -> Slips:
    """The reviewed slips of this package.

    Raises:
        LexiconInvalid: the file breaks its form.
    """
    value = _read(SLIPS)
    return Slips(_pairs(value, "english"), _pairs(value, "chinese"))


def _pairs(value: Mapping[str, Any], name: str) -> dict[str, str]:
    part = value.get(name)
    if not isinstance(part, dict) or not all(isinstance(word, str) for pair in part.items() for word in pair):
        raise LexiconInvalid(f"{SLIPS}: wanted a mapping {name!r} of words to words")
    return part


def _concepts(name: str) -> Iterator[Concept]:
    """One concept a line: English forms, a tab, Chinese forms; the usual form first, forms between `` / ``."""
    lines = files("retrieval.thesaurus").joinpath(name).read_text("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        english, tab, chinese = line.partition("\t")
        forms = tuple(form.strip() for part in (english, chinese) for form in part.split(BETWEEN_FORMS))
        if not tab or not all(forms):
            raise LexiconInvalid(f"{name}, line {number}: wanted English forms, one tab, Chinese forms; none empty")
        yield Concept(forms, trade=name != EVERYDAY)


def _from_lexicon() -> Iterator[Concept]:
    for name in _group_files():
        yield from (Concept((*group.english, *group.chinese)) for group in _groups(name))
    for name, separator in ((MAINLAND, " "), (CANTONESE, " "), (ENGLISH, ", ")):
        yield from (Concept((key, *equals)) for key, equals in _spoken(name, separator).written.items())


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
