"""The rulebook: every disclosure and conduct rule, loaded whole or not at all, and named by the hash of its content."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from guardrails.concept_files import concepts_of
from guardrails.errors import RulebookError
from guardrails.lexicon import Lexicon
from guardrails.own_rules import own_rules
from guardrails.rule_content import Content, read_content, refuse_duplicates, rule_id
from guardrails.rule_files import conduct_rule, disclosure_rule
from guardrails.rulebook_content import EMPTY, RulebookContent, canonical, founded
from guardrails.rules import ConductRule, Placement, Rule
from guardrails.spelling import Spelling
from guardrails.triggers import Concept
from guardrails.types import Reason
from knowledge_bases.schema import Institution

SHIPPED = Path(__file__).parent / "rulebook"


@dataclass(frozen=True)
class Rulebook:
    """All rules, by id. ``version`` is the SHA-256 of their canonical ``content``, lower-case hex."""

    disclosures: tuple[Rule, ...]
    conduct: tuple[ConductRule, ...]
    version: str
    lexicon: Lexicon = field(default_factory=lambda: Lexicon({}, Spelling.of(())))
    content: RulebookContent = field(default=EMPTY, repr=False, compare=False)

    def select(self, institution: Institution, on: date) -> tuple[Rule, ...]:
        """The disclosure rules that bind ``institution`` on the day ``on``.

        They are in force, of its sectors and licences, shipped or its own, and not switched off by it.
        """
        return tuple(rule for rule in self.disclosures if rule.applies(institution, on))

    def stacked(self, rules: Iterable[Rule], binds: Callable[[Rule], bool]) -> tuple[Rule, ...]:
        """``rules`` and those they bring and that bind, whatever their sector, in order of id."""
        stacked = {rule.id: rule for rule in rules}
        waiting = [brought for rule in stacked.values() for brought in rule.brings]
        while waiting:
            rule = self.rule(waiting.pop())
            if rule.id not in stacked and binds(rule):
                stacked[rule.id] = rule
                waiting += rule.brings
        return tuple(stacked[rule_id] for rule_id in sorted(stacked))

    def rule(self, rule_id: str) -> Rule:
        """The disclosure rule of this id.

        Raises:
            KeyError: there is none.
        """
        return self._by_id[rule_id]

    @cached_property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.disclosures}

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What each rule is called, of either kind, by id."""
        rules: tuple[Rule | ConductRule, ...] = (*self.disclosures, *self.conduct)
        return {rule.id: rule.title for rule in rules}

    def session_rules(self, institution: Institution, on: date) -> tuple[Rule, ...]:
        """The rules whose statement belongs in the first message of a conversation."""
        return tuple(rule for rule in self.select(institution, on) if rule.placement is Placement.SESSION)

    def conduct_for(self, reason: Reason) -> ConductRule:
        """The conduct rule whose words a customer reads for ``reason``; loading has made sure that there is one."""
        return next(rule for rule in self.conduct if reason in rule.reasons)


def load_rulebook(folder: Path = SHIPPED, own: Mapping[str, Path] | None = None) -> Rulebook:
    """The rulebook written in the ``*.yaml`` files of ``folder``, with the ``own`` folders of institutions, by id.

    Raises:
        RulebookError: a file or rule is wrong; the message says which and what to do.
    """
    content = read_content(folder)
    if not content.disclosures:
        raise RulebookError(f"{folder} holds no disclosure rule; point to a folder with rulebook files")
    return rulebook_of(replace(content, own={owner: read_content(path) for owner, path in (own or {}).items()}))


def rulebook_of(content: Content) -> Rulebook:
    """The rulebook that ``content`` describes.

    Raises:
        RulebookError: a rule is wrong, written twice, or brings one that is not there.
    """
    concepts = _concepts(canonical(dict(content.lexicon)))
    refuse_duplicates("rule", (rule_id(entry) for entry in (*content.disclosures, *content.conduct)))
    rules = [disclosure_rule(entry, concepts) for entry in content.disclosures]
    for owner, files in sorted(content.own.items()):
        rules += own_rules(owner, files, rules, concepts)
    conduct = tuple(conduct_rule(entry) for entry in content.conduct)
    refuse_duplicates("rule", (rule.id for rule in rules))
    _refuse_gaps(conduct)
    _refuse_loose_ends(rules)
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    lexicon = Lexicon(concepts, Spelling.of(content.spelling))
    return Rulebook(ordered, conduct, content.version, lexicon, RulebookContent.of(content))


@lru_cache(maxsize=8)
def _concepts(lexicon: str) -> Mapping[str, Concept]:
    """The concepts of a lexicon (canonical JSON); rulebooks with the same words share them, patterns and all."""
    return MappingProxyType(concepts_of(founded(json.loads(lexicon)), {}))


def _refuse_gaps(rules: tuple[ConductRule, ...]) -> None:
    written = Counter(reason for rule in rules for reason in rule.reasons)
    wrong = sorted(reason for reason in Reason if written[reason] != 1)
    if wrong:
        raise RulebookError(f"reason {', '.join(wrong)} needs exactly one conduct rule with words for the customer")


def _refuse_loose_ends(rules: Iterable[Rule]) -> None:
    owners = {rule.id: rule.owner for rule in rules}
    for rule in rules:
        for way, names in (("brings", rule.brings), ("yields_to", rule.yields_to)):
            nowhere = [name for name in names if name not in owners or owners[name] not in (None, rule.owner)]
            if nowhere:
                raise RulebookError(f"rule {rule.id} names {', '.join(nowhere)}, which is no rule; correct '{way}'")
