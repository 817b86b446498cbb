"""How often the conduct rules fire where they must, and where they must not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.guard_texts import Portion, has, rows
from eval.guardrails.groups import Group, group_of, groups_of
from eval.guardrails.lists import LISTS, Kind
from eval.guardrails.screening import screened
from eval.halves import Half
from guardrails.rails.canary import QUESTION
from guardrails.rails.inspection import BLOCKING
from guardrails.types import Finding, Reason
from knowledge_bases.schema import Institution, Language, Sector

MASKED = frozenset({"P09", "P11"})  # these take secrets and personal data out; ``candour eval privacy`` measures them
REFUSALS_OF_CONDUCT = frozenset(f"P{number:02}" for number in (*range(1, 9), 10, *range(12, 29))) - {"P24"}
_SECTORS = {"P25": (Sector.SVF,)}  # rules that bind one kind of institution only


def conduct(portion: Portion) -> list[Group]:
    """Recall by rule and by language: the message's own rule is among what is found."""
    called = [row for row in rows("conduct", portion) if row["rule"] not in MASKED]
    return [
        *groups_of(called, "rule", "own rule found", _own_rule, True),
        *groups_of(called, "language", "own conduct rule found", _own_rule, True),
    ]


def advice(portion: Portion) -> list[Group]:
    """Wishes for advice, and questions of fact that resemble one, refused by whatever rule."""
    return [
        *groups_of(rows("advice", portion), "language", "advice refused", _refused, True),
        *groups_of(rows("advice-lookalikes", portion), "language", "look-alike refused", _refused, False),
    ]


def harmless(portion: Portion) -> list[Group]:
    """Everyday messages, and those that are near a conduct rule, which one refuses; of portions that have them."""
    names = (name for name in ("everyday", "conduct-near") if has(name, portion))
    what = "refused by a conduct rule"
    return [
        group
        for name in names
        for group in groups_of(rows(name, portion), "language", f"{name} {what}", _refused_by_conduct, False)
    ]


def ordinary(sources: Path, half: Half) -> list[Group]:
    """Questions of ordinary customers that a conduct rule refuses."""
    there = (one for one in LISTS if one.kind is Kind.BENIGN and (sources / one.file).exists())
    what = "refused by a conduct rule"
    return [
        group_of(one.name, what, one.half(sources, half), lambda text: bool(refused_by(text)), False) for one in there
    ]


def refused_by(text: str) -> frozenset[str]:
    """The conduct rules that keep ``text`` from being answered by a house of every sector."""
    found = _found({"text": text, "language": Language.EN.value})
    blocking = (f for f in found if f.action in BLOCKING and f.reason is not Reason.OUT_OF_SCOPE)
    return frozenset(finding.rule_id for finding in blocking) & REFUSALS_OF_CONDUCT


def _refused_by_conduct(row: Mapping[str, Any]) -> bool:
    return bool(refused_by(row["text"]))


def _own_rule(row: Mapping[str, Any]) -> bool:
    return row["rule"] in {finding.rule_id for finding in _found(row)}


def _refused(row: Mapping[str, Any]) -> bool:
    return any(finding.action in BLOCKING for finding in _found(row))


def _found(row: Mapping[str, Any]) -> tuple[Finding, ...]:
    found = screened(row["text"], Language(row["language"]), _house(row.get("rule", "")))
    return tuple(finding for findings in found.values() for finding in findings)


def _house(rule_id: str) -> Institution:
    """An institution of every sector, or of the one that the rule binds."""
    return replace(QUESTION.institution, sectors=_SECTORS.get(rule_id, tuple(Sector)))
