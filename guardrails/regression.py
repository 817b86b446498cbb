"""The regression set: questions with what they owe at least, and what they must not owe, sector by sector.

A change of the rulebook is held against it before it can be sent. Its rows are data that a reviewer can read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from guardrails.disclosure import Occasion, owed_rules
from guardrails.rulebook import SHIPPED, Rulebook
from knowledge_bases.schema import Brand, Contact, Institution, Language, Sector, Wording

FILE = SHIPPED / "regression.jsonl"


@dataclass(frozen=True)
class Asked:
    """A question and what it owes in an institution of ``sector`` that holds every licence.

    ``answer`` and ``tags`` are those of the answer, empty where the question alone is judged.
    """

    question: str
    language: Language
    sector: Sector
    owes: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    answer: str = ""
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Differing:
    """A question that owes other statements than before; ``breaks``: those on which it contradicts the set."""

    asked: Asked
    gained: frozenset[str]
    lost: frozenset[str]
    breaks: frozenset[str]


@cache
def regression_set(file: Path = FILE) -> tuple[Asked, ...]:
    """The rows of the set, in its order."""
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return tuple(
        Asked(
            question=row["question"],
            language=Language(row["language"]),
            sector=Sector(row["sector"]),
            owes=frozenset(row.get("owes", ())),
            never=frozenset(row.get("never", ())),
            answer=row.get("answer", ""),
            tags=frozenset(row.get("tags", ())),
        )
        for row in rows
    )


def examples_asked(rulebook: Rulebook) -> tuple[Asked, ...]:
    """The examples of every disclosure rule as questions in one of its sectors; none of those that one has added."""
    return tuple(
        Asked(text, Language.EN if text.isascii() else Language.ZH_HANT, min(rule.sectors))
        for rule in rulebook.disclosures
        if rule.owner is None
        for text in (*rule.examples.must_fire, *rule.examples.must_not_fire)
    )


def owed_ids(rulebook: Rulebook, asked: Asked, on: date) -> frozenset[str]:
    """The ids of the rules whose statement the question owes on the day ``on``."""
    occasion = Occasion(
        institution=holder_of(rulebook, asked.sector),
        language=asked.language,
        on=on,
        question=asked.question,
        tags=asked.tags,
        answer=asked.answer,
    )
    return frozenset(rule.id for rule in owed_rules(rulebook, occasion))


def broken(rulebook: Rulebook, asked: Asked, on: date) -> frozenset[str]:
    """The rules on which ``rulebook`` contradicts the row: owed and missing, or there and not to be."""
    owed = owed_ids(rulebook, asked, on)
    return (asked.owes - owed) | (asked.never & owed)


def differing(before: Rulebook, after: Rulebook, questions: Iterable[Asked], on: date) -> tuple[Differing, ...]:
    """The questions that owe other statements by ``after`` than by ``before``, in their order."""
    concerned = _concerned(before, after)
    before, after = _only(before, concerned), _only(after, concerned)
    found = []
    for asked in questions if concerned else ():
        was, is_now = owed_ids(before, asked, on), owed_ids(after, asked, on)
        if was != is_now:
            breaks = (asked.owes & (was - is_now)) | (asked.never & (is_now - was))
            found.append(Differing(asked, is_now - was, was - is_now, breaks))
    return tuple(found)


def _concerned(before: Rulebook, after: Rulebook) -> frozenset[str]:
    """The rules that may fire differently: those changed, and what they bring or yield to, either way."""
    one, other = before.content.entries, after.content.entries
    changed = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    rules = {rule.id: rule for rulebook in (before, after) for rule in rulebook.disclosures}
    if changed - rules.keys() - {rule.id for rulebook in (before, after) for rule in rulebook.conduct}:
        return frozenset(rules)  # words of the lexicon, which any rule may rest on
    concerned = changed & rules.keys()
    edges = {(r.id, other) for b in (before, after) for r in b.disclosures for other in (*r.brings, *r.yields_to)}
    for way in (edges, {(brought, rule_id) for rule_id, brought in edges}):  # upwards, then downwards
        while more := {one for one, other in way if other in concerned} - concerned:
            concerned |= more
    return frozenset(concerned)


def _only(rulebook: Rulebook, concerned: frozenset[str]) -> Rulebook:
    return replace(rulebook, disclosures=tuple(rule for rule in rulebook.disclosures if rule.id in concerned))


def holder_of(rulebook: Rulebook, sector: Sector) -> Institution:
    """An institution of one sector that holds every licence a rule asks for."""
    nobody = Wording("Anybody", "任何機構", "任何机构")
    return Institution(
        id="anybody",
        names=nobody,
        sectors=(sector,),
        licences=frozenset(licence for rule in rulebook.disclosures for licence in rule.licences),
        languages=tuple(Language),
        sites=(),
        contact=Contact("", "", nobody),
        brand=Brand("#000000", "#000000"),
        privacy_document=None,
        slots=MappingProxyType({}),
    )
