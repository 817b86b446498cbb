"""A rulebook's own examples: what each rule must fire on, and must not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrails.detectors import Detector, detectors
from guardrails.rulebook import Rulebook
from guardrails.rules import ConductRule, Rule
from guardrails.triggers import Reading
from guardrails.types import RailContext
from knowledge_bases.schema import Brand, Contact, Institution, Language, Sector, Wording


@dataclass(frozen=True)
class Failure:
    """An example that does not hold. ``expected``: the rule must fire on ``text``."""

    rule_id: str
    expected: bool
    text: str

    def line(self) -> str:
        """The failure in a sentence."""
        return f"{self.rule_id} {'misses' if self.expected else 'fires on'}: {self.text}"


def check_examples(rulebook: Rulebook) -> tuple[str, ...]:
    """What rules get wrong about their own examples, one sentence each; empty when all hold."""
    return tuple(failure.line() for failure in failures(rulebook))


def failures(rulebook: Rulebook) -> Iterator[Failure]:
    """Every example of a disclosure or conduct rule that does not hold, in order of rule."""
    for rule in rulebook.disclosures:
        where = home_of(rule)
        for expected, text in _examples(rule):
            if fires(rule, rulebook.lexicon.read(text), where) is not expected:
                yield Failure(rule.id, expected, text)
    by_name = {detector.name: detector for detector in detectors()}
    for conduct in rulebook.conduct:
        detector = by_name.get(conduct.detector or "")
        for expected, text in _examples(conduct):
            if detector is None or _judged(conduct, detector, text) is not expected:
                yield Failure(conduct.id, expected, text)


def _judged(rule: ConductRule, detector: Detector, text: str) -> bool:
    """Whether the detector fires on the text for this rule: one may serve several."""
    found = detector.detect(RailContext(_home_for(rule), Language.EN, text))
    return any(rule.id == finding.rule_id or finding.reason in rule.reasons for finding in found)


def fires(rule: Rule, reading: Reading, institution: Institution) -> bool:
    """Whether one of the rule's triggers fires on the text, with every tag that a trigger asks for."""
    tags = frozenset(tag for trigger in rule.triggers for tag in trigger.within)
    return any(trigger.fires(reading, tags, institution) for trigger in rule.triggers)


def home_of(rule: Rule) -> Institution:
    """An institution of just the rule's sectors and licences, where it is to be judged."""
    return _home(rule.owner or "example", rule.sectors, rule.licences)


def _home_for(rule: ConductRule) -> Institution:
    return _home("example", rule.sectors, frozenset())


def _home(id: str, sectors: frozenset[Sector], licences: frozenset[str]) -> Institution:
    same = Wording("Example", "例", "例")
    return Institution(
        id=id,
        names=same,
        sectors=tuple(sorted(sectors)),
        licences=licences,
        languages=tuple(Language),
        sites=(),
        contact=Contact("+852 2000 0000", "care@example", same),
        brand=Brand("#000000", "#000000"),
        privacy_document=None,
    )


def _examples(rule: Rule | ConductRule) -> Iterator[tuple[bool, str]]:
    yield from ((True, text) for text in rule.examples.must_fire)
    yield from ((False, text) for text in rule.examples.must_not_fire)
