"""Does every rule fire where it must, and only there? ``candour eval disclosures [--blind]``.

A message is judged at an institution of just its rule's sectors and licences; a labelled question at a bank that does
everything. Rules that are shipped switched off are judged as if they were on. Of the blind part only counts are told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from eval.guard_texts import Called, Labelled
from eval.shares import Share
from guardrails.disclosure import SAYS_NOTHING, Occasion, owed_rules
from guardrails.intents import NO_INTENTS, IntentReader
from guardrails.rule_examples import home_of
from guardrails.rulebook import Rulebook
from guardrails.rules import Rule
from knowledge_bases.schema import Institution, Language, Sector

TODAY = date(2026, 11, 26)
UNCOUNTED = frozenset({"D47", "D50"})  # owed by almost any answer: no one could label them
NO_BANKS = frozenset({"money_lender", "restricted_licence"})  # licences that a bank does not hold


@dataclass(frozen=True)
class Ground:
    """What is judged: the words of ``rulebook``, and what ``intents`` reads in a question."""

    rulebook: Rulebook
    intents: IntentReader = NO_INTENTS

    def all_on(self) -> Ground:
        """The same, with the rules that are shipped switched off."""
        rules = tuple(replace(rule, off_because=None) for rule in self.rulebook.disclosures)
        return replace(self, rulebook=replace(self.rulebook, disclosures=rules))

    def owed(self, where: Institution, language: Language, text: str) -> frozenset[str]:
        """The rules that a question of ``where`` owes a statement by."""
        intents = self.intents.labels(text)
        occasion = Occasion(where, language, TODAY, text, answer=SAYS_NOTHING, as_at=TODAY, intents=intents)
        return frozenset(rule.id for rule in owed_rules(self.rulebook, occasion))


@dataclass(frozen=True)
class DisclosureReport:
    """``recall`` by rule and language; ``by_tag`` of every rule, tag and language; ``fired``: how many were right.

    ``missed`` and ``wrong`` are what a developer reads: empty for the blind part.
    """

    recall: Mapping[tuple[str, Language], Share]
    force: Mapping[str, str]
    by_tag: Share
    fired: Share
    owed: Share
    missed: tuple[Called, ...] = ()
    wrong: tuple[tuple[str, Labelled], ...] = ()
    off: frozenset[str] = field(default_factory=frozenset)

    def by_force(self) -> dict[str, Share]:
        """Recall by text, a force class each."""
        return self._summed(lambda rule_id, _: self.force[rule_id])

    def by_language(self) -> dict[str, Share]:
        """Recall by text, a language each."""
        return self._summed(lambda _, language: language.value)

    def by_rule(self) -> dict[str, Share]:
        """Recall by text, a rule each."""
        return self._summed(lambda rule_id, _: rule_id)

    def _summed(self, key: Any) -> dict[str, Share]:
        sums: defaultdict[str, Share] = defaultdict(lambda: Share(0, 0))
        for (rule_id, language), share in self.recall.items():
            sums[key(rule_id, language)] += share
        return dict(sorted(sums.items()))

    def lines(self) -> Iterator[str]:
        """The report for people."""
        for rule_id, share in self.by_rule().items():
            off = " (off)" if rule_id in self.off else ""
            each = ((language.value, self.recall.get((rule_id, language), Share(0, 0))) for language in Language)
            parts = "  ".join(f"{name} {one.hits}/{one.n}" for name, one in each)
            yield f"{rule_id} {self.force[rule_id]:4}{off:6} {share.line()}  {parts}"
        for name, share in (*self.by_force().items(), *self.by_language().items()):
            yield f"recall by text, {name:8} {share.line()}"
        yield f"recall by tag            {self.by_tag.line()}"
        yield f"labelled: fired rightly  {self.fired.line()}"
        yield f"labelled: owed and fired {self.owed.line()}"
        yield from (f"missed {one.rule} {one.language.value}: {one.text}" for one in self.missed)
        yield from (f"wrong {rule_id} {one.id}: {one.text}" for rule_id, one in self.wrong)

    def to_value(self) -> dict[str, Any]:
        """The report as plain values: [hits, of, low, high]."""
        return {
            "rules": {
                rule_id: {
                    language.value: _value(self.recall.get((rule_id, language), Share(0, 0))) for language in Language
                }
                for rule_id in self.by_rule()
            },
            "force": {name: _value(share) for name, share in self.by_force().items()},
            "language": {name: _value(share) for name, share in self.by_language().items()},
            "by_tag": _value(self.by_tag),
            "precision": _value(self.fired),
            "labelled_recall": _value(self.owed),
        }


def evaluate(ground: Ground, messages: Iterable[Called], questions: Iterable[Labelled], tell: bool) -> DisclosureReport:
    """Judge rulebook and reader together; with ``tell`` the report names what went wrong."""
    rulebook = ground.all_on().rulebook
    recall: dict[tuple[str, Language], Share] = {}
    missed = []
    for message in messages:
        rule = rulebook.rule(message.rule)
        hit = rule.id in ground.all_on().owed(home_of(rule), message.language, message.text)
        key = (rule.id, message.language)
        recall[key] = recall.get(key, Share(0, 0)) + Share(int(hit), 1)
        missed += [] if hit else [message]
    fired, owed, wrong = _labelled(ground.all_on(), questions)
    return DisclosureReport(
        recall=recall,
        force={rule.id: rule.force.value for rule in rulebook.disclosures},
        by_tag=_by_tag(rulebook),
        fired=fired,
        owed=owed,
        missed=tuple(missed) if tell else (),
        wrong=tuple(wrong) if tell else (),
        off=frozenset(rule.id for rule in ground.rulebook.disclosures if rule.off_because),
    )


def _labelled(ground: Ground, questions: Iterable[Labelled]) -> tuple[Share, Share, list[tuple[str, Labelled]]]:
    bank = universal_bank(ground.rulebook)
    right, owed, wrong = Share(0, 0), Share(0, 0), []
    for question in questions:
        fired = ground.owed(bank, question.language, question.text) - UNCOUNTED
        astray = sorted(fired - question.owes - question.may)
        right += Share(len(fired) - len(astray), len(fired))
        owes = question.owes - UNCOUNTED
        owed += Share(len(owes & fired), len(owes))
        wrong += [(rule_id, question) for rule_id in astray]
    return right, owed, wrong


def universal_bank(rulebook: Rulebook) -> Institution:
    """A bank in every sector, with every licence that a bank may hold: where the most rules could fire."""
    licences = frozenset(licence for rule in rulebook.disclosures for licence in rule.licences) - NO_BANKS
    return replace(home_of(rulebook.disclosures[0]), sectors=tuple(Sector), licences=licences)


def _by_tag(rulebook: Rulebook) -> Share:
    cases = [(rule, tag, language) for rule in rulebook.disclosures for tag in rule.tags for language in Language]
    return Share(sum(_tagged(rulebook, *case) for case in cases), len(cases))


def _tagged(rulebook: Rulebook, rule: Rule, tag: str, language: Language) -> bool:
    occasion = Occasion(home_of(rule), language, TODAY, "?", frozenset({tag}), SAYS_NOTHING, TODAY)
    return rule.id in {owed.id for owed in owed_rules(rulebook, occasion)}


def _value(share: Share) -> list[float]:
    return [share.hits, share.n, *(round(end, 4) for end in share.interval())]
