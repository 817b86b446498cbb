"""P01-P28 as a reviewer reads them: all there, in every language, each held by something that a test shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.answering.language import detect_language
from guardrails.detectors import detectors
from guardrails.errors import RulebookError
from guardrails.rule_files import conduct_rule
from guardrails.rulebook import Rulebook, load_rulebook
from guardrails.rules import ConductRule
from guardrails.types import RailContext
from knowledge_bases.schema import Language
from tests.guardrails.builders import institution

ROOT = Path(__file__).parents[2]
RULES = load_rulebook().conduct
OF_REGULATION = [f"P{number:02}" for number in range(1, 29)]
BY_NAME = {detector.name: detector for detector in detectors()}
JUDGED = [rule for rule in RULES if rule.detector and rule.id.startswith("P")]
EXAMPLES = [(rule, text, fires) for rule in JUDGED for text, fires in [
    *((text, True) for text in rule.examples.must_fire), *((text, False) for text in rule.examples.must_not_fire)
]]  # fmt: skip


def found_by(rule: ConductRule, text: str) -> set[str]:
    context = RailContext(institution(*sorted(rule.sectors)), Language.EN, text)
    return {finding.rule_id for finding in BY_NAME[rule.detector or ""].detect(context)}


def test_every_conduct_rule_of_the_regulation_is_there() -> None:
    assert set(OF_REGULATION) <= {rule.id for rule in RULES}


@pytest.mark.parametrize(("rule", "text", "fires"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_rule_fires_on_its_own_examples_where_it_binds(rule: ConductRule, text: str, fires: bool) -> None:
    assert bool({rule.id, rule.id[:3]} & found_by(rule, text)) is fires


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.id)
def test_examples_are_written_in_english_and_both_chinese_scripts(rule: ConductRule) -> None:
    for texts in (rule.examples.must_fire, rule.examples.must_not_fire):
        assert len(texts) >= 3
        assert {detect_language(text).value[:2] for text in texts} == {"en", "zh"}
    assert {detect_language(text) for text in rule.examples.must_fire} == set(Language)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_what_holds_a_rule_elsewhere_has_a_test(rule: ConductRule) -> None:
    assert [how.test for how in rule.enforced if not (ROOT / how.test).exists()] == []


def test_a_question_of_suspicion_reads_as_one_about_what_is_not_public() -> None:
    words = {rule.id: rule.words for rule in RULES}
    assert words["P18"] == words["P27"]


@pytest.mark.parametrize("field", ["action", "sectors", "grade", "source"])
def test_a_rule_of_the_regulation_that_nobody_can_place_is_refused(field: str) -> None:
    entry = {"id": "P02", "title": "t", "action": "hold", "sectors": ["banking"], "grade": "S", "source": "s"}
    held = {"enforced": [{"by": "a check", "test": "tests/guardrails/test_conduct_rules.py"}]}
    conduct_rule({**entry, **held})
    with pytest.raises(RulebookError, match=f"'{field}' is missing"):
        conduct_rule({name: value for name, value in {**entry, **held}.items() if name != field})


def test_a_rule_that_nothing_holds_is_refused() -> None:
    entry = {"id": "P02", "title": "t", "action": "hold", "sectors": ["banking"], "grade": "S", "source": "s"}
    with pytest.raises(RulebookError, match="nothing holds it"):
        conduct_rule(entry)


def test_a_reply_that_owes_nothing_else_is_short(rulebook: Rulebook) -> None:
    words = [rule.words for rule in rulebook.conduct if rule.words is not None and rule.id.startswith("P")]
    assert max(len(each.en) for each in words) <= 300
    assert max(len(each.zh_hant) for each in words) <= 130
