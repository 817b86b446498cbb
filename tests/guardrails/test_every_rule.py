"""What holds for each of the shipped rules: a tag owes it, exactly, in every language; and it stacks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.disclosure import SAYS_NOTHING, Occasion, missing, owed, owed_rules, place
from guardrails.rule_examples import home_of
from guardrails.rule_files import INSTITUTION_SLOTS, slots_of
from guardrails.rulebook import Rulebook, load_rulebook
from guardrails.rules import Rule
from knowledge_bases.schema import Institution, Language, Sector, Wording
from tests.guardrails.builders import TODAY, institution

RULEBOOK = load_rulebook()
ON = [rule for rule in RULEBOOK.disclosures if not rule.off_because]
TAGS = sorted({tag for rule in RULEBOOK.disclosures for tag in rule.tags})
EVERYTHING = institution(*Sector, licences=frozenset(licence for rule in ON for licence in rule.licences))


def filled(where: Institution) -> Institution:
    """``where`` with a value for each slot, another one in each language."""
    slots = {name: Wording(f"<{name} en>", f"<{name} 繁>", f"<{name} 简>") for name in INSTITUTION_SLOTS}
    return replace(where, slots=MappingProxyType(slots))


def tagged(where: Institution, language: Language, *tags: str) -> Occasion:
    return Occasion(filled(where), language, TODAY, "?", frozenset(tags), SAYS_NOTHING, TODAY, "Fees")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("rule", ON, ids=lambda rule: rule.id)
def test_each_of_its_tags_owes_it_exactly_in_every_language(rule: Rule, language: Language) -> None:
    template = rule.statement.in_language(language)
    for tag in rule.tags:
        occasion = tagged(home_of(rule), language, tag)
        statement = next(each for each in owed(RULEBOOK, occasion) if each.rule_id == rule.id)
        fixed = [part for part in _literal_parts(template) if part]
        assert all(part in statement.text for part in fixed)
        assert slots_of(statement.text) == frozenset()
        assert statement.text in place(SAYS_NOTHING, owed(RULEBOOK, occasion)).split("\n\n")


def _literal_parts(template: str) -> list[str]:
    for slot in slots_of(template):
        template = template.replace(f"{{{slot}}}", "\0")
    return template.split("\0")


@pytest.mark.parametrize("rule", [rule for rule in ON if rule.triggers], ids=lambda rule: rule.id)
def test_its_examples_speak_all_languages(rule: Rule) -> None:
    for sentences in (rule.examples.must_fire, rule.examples.must_not_fire):
        assert any(sentence.isascii() for sentence in sentences)
        assert sum(not sentence.isascii() for sentence in sentences) >= 2


@pytest.mark.parametrize(
    "question", ["Is a renminbi structured deposit safe?", "人民幣結構性存款穩唔穩陣？", "人民币结构性存款安全吗？"]
)
def test_a_structured_deposit_in_renminbi_owes_four_statements(question: str) -> None:
    bank = institution(Sector.BANKING, licences=frozenset({"dps_member"}))
    fired = {rule.id for rule in owed_rules(RULEBOOK, replace(tagged(bank, Language.EN), question=question))}
    assert {"D09", "D10", "D11", "D15"} <= fired
    assert "D08" not in fired


def test_a_rule_is_brought_whatever_its_sector_but_not_without_its_licence() -> None:
    insurer = institution(Sector.INSURANCE)
    assert {"D38", "D01"} <= ids(tagged(insurer, Language.EN, "premium_financing"))
    restricted = institution(Sector.BANKING)
    assert "D12" in ids(tagged(restricted, Language.EN, "deposit_rate"))
    assert "D08" not in ids(tagged(restricted, Language.EN, "deposit_rate"))


def test_every_tag_is_documented() -> None:
    table = (Path(__file__).resolve().parents[2] / "docs" / "tags.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(): row for row in table.splitlines() if row.startswith("| `")}
    for rule in RULEBOOK.disclosures:
        assert all(rule.id in rows[f"`{tag}`"] for tag in rule.tags)


def ids(occasion: Occasion, rulebook: Rulebook = RULEBOOK) -> set[str]:
    return {rule.id for rule in owed_rules(rulebook, occasion)}


@given(st.sets(st.sampled_from(TAGS), max_size=6), st.sets(st.sampled_from(TAGS), max_size=6))
def test_more_tags_never_owe_less(some: set[str], more: set[str]) -> None:
    assert ids(tagged(EVERYTHING, Language.EN, *some)) <= ids(tagged(EVERYTHING, Language.EN, *some, *more))


@given(st.sets(st.sampled_from(TAGS), max_size=8), st.sampled_from(list(Language)), st.text(max_size=40))
def test_all_that_is_owed_is_placed_once_in_order_of_id(tags: set[str], language: Language, answer: str) -> None:
    statements = owed(RULEBOOK, tagged(EVERYTHING, language, *tags))
    placed = place(answer, statements)
    assert missing(placed, statements) == ()
    assert place(placed, statements) == placed
    assert [each.rule_id for each in statements] == sorted({each.rule_id for each in statements})
