"""The sets that guardrails are held against (eval/guard_sets), rows of public sets looked up where they stand."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from knowledge_bases.schema import Language

SETS = Path(__file__).parent / "guard_sets"
LEARNED = SETS.with_name("guard_training") / "labelled.jsonl"
_COLUMNS = {"banking77": "text", "bankfaqs_en": "Question"}


class Portion(StrEnum):
    """To tune with, to set points with and learn nothing from, or to measure with.

    A blind one that has been counted often is followed by another, of new authors.
    """

    DEVELOPMENT = "development"
    HELD_OUT = "held-out"
    BLIND = "blind"
    BLIND_2 = "blind-2"
    BLIND_3 = "blind-3"

    @property
    def is_blind(self) -> bool:
        """Whether only counts may be told of it."""
        return self not in {Portion.DEVELOPMENT, Portion.HELD_OUT}


class SetMissing(Exception):
    """A set, or a public file it points into, is not there. The message says which and where it is looked for."""


@dataclass(frozen=True)
class Called:
    """A customer's message and the ``rule`` it calls for."""

    rule: str
    language: Language
    text: str


@dataclass(frozen=True)
class Labelled:
    """A bank customer's question, the rules it owes, and those that may be argued."""

    id: str
    language: Language
    text: str
    owes: frozenset[str]
    may: frozenset[str]


def called(portion: Portion = Portion.DEVELOPMENT) -> Iterator[Called]:
    """The messages that call for a disclosure rule, language by language."""
    for language in Language:
        for row in rows(f"disclosures-{language.value}", portion):
            yield Called(row["rule"], language, row["text"])


def labelled(public: Path, portion: Portion = Portion.DEVELOPMENT) -> Iterator[Labelled]:
    """The labelled questions; ``public`` is the folder of public sets (shared/data).

    Raises:
        SetMissing: a public file is not there.
    """
    return (_labelled(row, public) for row in rows("labelled", portion))


def labelled_to_learn(public: Path) -> Iterator[Labelled]:
    """Those that were written and labelled to learn from; see ``labelled``."""
    return (_labelled(row, public) for row in _rows(LEARNED))


def _labelled(row: Mapping[str, Any], public: Path) -> Labelled:
    text = row["text"] if row["source"] == "own" else _public(public / row["source"])[row["row"]]
    owes, may = frozenset(row["owes"]), frozenset(row.get("may", ()))
    return Labelled(row["id"], Language(row["language"]), text, owes, may)


def has(name: str, portion: Portion) -> bool:
    """Whether a portion has a set of this name: the later ones have some that the first had not."""
    return (SETS / portion / f"{name}.jsonl").is_file()


def rows(name: str, portion: Portion = Portion.DEVELOPMENT) -> list[Mapping[str, Any]]:
    """The lines of one set, as they are written.

    Raises:
        SetMissing: it is not there.
    """
    return _rows(SETS / portion / f"{name}.jsonl")


def _rows(path: Path) -> list[Mapping[str, Any]]:
    if not path.is_file():
        raise SetMissing(f"{path} is not there; run from a checkout that has eval/guard_sets")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


@cache
def _public(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        raise SetMissing(f"{path} is not there; name the folder of public sets with --public")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(row[_COLUMNS[path.parent.name]] for row in csv.DictReader(file))
