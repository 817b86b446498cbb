from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrails.errors import RulebookError
from guardrails.own_rules import refuse_switches
from guardrails.rule_examples import check_examples, failures
from guardrails.rulebook import SHIPPED, Rulebook, load_rulebook
from guardrails.rules import Force
from guardrails.types import Reason
from knowledge_bases.schema import Language, Sector
from tests.guardrails.builders import BANK, INSURER, TODAY, TRUSTEE, institution

Change = Callable[[dict[str, Any]], None]


def written(folder: Path, change: Change) -> Path:
    """The shipped rulebook with one change to rule D08."""
    for path in SHIPPED.glob("*.yaml"):
        shutil.copyfile(path, folder / path.name)
    file = folder / "banking.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(next(entry for entry in content["disclosures"] if entry["id"] == "D08"))
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def ids(rulebook: Rulebook, *args: Any) -> set[str]:
    return {rule.id for rule in rulebook.select(*args)}


def test_the_shipped_rules_keep_their_own_examples(rulebook: Rulebook) -> None:
    assert check_examples(rulebook) == ()


def test_an_example_that_does_not_hold_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path, lambda rule: rule["examples"]["must_fire"].append("What time is it?"))
    assert [failure.line() for failure in failures(load_rulebook(folder))] == ["D08 misses: What time is it?"]


def test_all_fifty_rules_ship(rulebook: Rulebook) -> None:
    assert {rule.id for rule in rulebook.disclosures} == {f"D{number:02}" for number in range(1, 51)}


def test_excerpts_are_shipped_switched_off_with_the_reason(rulebook: Rulebook) -> None:
    off = {rule.id: rule.off_because for rule in rulebook.disclosures if rule.off_because}
    assert off.keys() == {"D23", "D24", "D25"}
    assert all("load the full paragraphs" in str(reason) for reason in off.values())
    assert not off.keys() & ids(rulebook, institution(Sector.SECURITIES), TODAY)


def test_what_only_questions_owe_by_words_answers_owe_by_tag(rulebook: Rulebook) -> None:
    mute = {rule.id: rule for rule in rulebook.disclosures if rule.triggers and all(t.hears for t in rule.triggers)}
    assert mute.keys() == {"D47", "D50"}
    assert all(rule.tags for rule in mute.values())


def test_amounts_that_drift_and_facts_are_dated(rulebook: Rulebook) -> None:
    assert {rule.id for rule in rulebook.disclosures if rule.dated} == {"D08", "D16", "D44"}
    assert {rule.id for rule in rulebook.disclosures if rule.force is Force.FACT} == {"D16"}


def test_a_customary_rule_can_be_switched_off_by_an_institution(rulebook: Rulebook) -> None:
    without = replace(BANK, rules_off=frozenset({"D05", "D01"}))
    assert "D05" in ids(rulebook, BANK, TODAY)
    assert "D05" not in ids(rulebook, without, TODAY)
    assert "D01" in ids(rulebook, without, TODAY), "a FIX rule stays on, whatever the file says"


@pytest.mark.parametrize(
    ("off", "message"),
    [("D01", "D01: only CUST rules may be"), ("D12", "D12: only CUST"), ("D99", "D99, no disclosure")],
)
def test_any_other_switch_is_refused(rulebook: Rulebook, off: str, message: str) -> None:
    with pytest.raises(RulebookError, match=message):
        refuse_switches(rulebook.disclosures, replace(BANK, rules_off=frozenset({off})))


def test_no_shipped_wording_is_called_confirmed(rulebook: Rulebook) -> None:
    assert {rule.confirmed_by for rule in rulebook.disclosures} == {None}


def test_the_wordings_are_the_exact_ones(rulebook: Rulebook) -> None:
    d01 = next(rule for rule in rulebook.disclosures if rule.id == "D01")
    assert d01.statement.in_language(Language.EN) == "To borrow or not to borrow? Borrow only if you can repay!"
    assert d01.statement.in_language(Language.ZH_HANT) == "借定唔借？還得到先好借！"
    assert d01.statement.in_language(Language.ZH_HANS) == "借定唔借？还得到先好借！"


def test_a_sector_sees_its_own_rules_only(rulebook: Rulebook) -> None:
    assert "D40" in ids(rulebook, TRUSTEE, TODAY) - ids(rulebook, BANK, TODAY)
    assert "D31" in ids(rulebook, INSURER, TODAY) - ids(rulebook, TRUSTEE, TODAY)


def test_a_rule_that_asks_for_a_licence_needs_it(rulebook: Rulebook) -> None:
    assert "D08" in ids(rulebook, BANK, TODAY)
    assert "D08" not in ids(rulebook, institution(Sector.BANKING), TODAY)


def test_a_rule_is_in_force_from_its_first_day(rulebook: Rulebook) -> None:
    assert "D08" in ids(rulebook, BANK, date(2024, 10, 1))
    assert "D08" not in ids(rulebook, BANK, date(2024, 9, 30))


def test_every_reason_has_words_in_every_language(rulebook: Rulebook) -> None:
    for reason in Reason:
        assert all(rulebook.conduct_for(reason).words.in_language(language) for language in Language)


def test_the_version_names_the_content(rulebook: Rulebook, tmp_path: Path) -> None:
    assert load_rulebook().version == rulebook.version
    assert load_rulebook(written(tmp_path, lambda rule: rule.update(title="Other"))).version != rulebook.version


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rule: rule["statement"].pop("zh-Hans"), "D08.*zh-Hans.*all three languages"),
        (lambda rule: rule.pop("source"), "D08.*'source'.*write it"),
        (lambda rule: rule["examples"].update(must_fire=[]), "D08.*example"),
        (lambda rule: rule["statement"].update(en="{bonk} is a member"), "D08.*unknown slot bonk"),
        (lambda rule: rule.update(id="D01"), "D01.*more than once"),
        (lambda rule: rule.update(force="MUST"), "D08.*'MUST' is unknown"),
        (lambda rule: rule.update(effective_from="soon"), "D08.*not a date"),
        (lambda rule: rule.update(dated="yes"), "D08.*'dated' is 'yes'.*true or false"),
        (lambda rule: rule["examples"].update(must_fire=["one", "two"]), "D08.*at least 3 of each"),
        (lambda rule: rule["triggers"].append({x.value: ["(a"] for x in Language}), "D08.*no regular expression"),
        (lambda rule: rule["triggers"].append({"en": ["deposit"]}), "D08.*lacks zh-Hant, zh-Hans"),
        (lambda rule: rule["triggers"].append({"any": ["depots"]}), "D08.*unknown concept 'depots'"),
        (lambda rule: rule["triggers"].append("deposit"), "D08.*is no mapping"),
        (lambda rule: rule["triggers"][0].update(only_at=["mpf"]), "D08.*unknown field only_at"),
        (lambda rule: rule["triggers"][0].update(hears="answer"), "D08.*'answer' is unknown; choose one of question"),
        (lambda rule: rule.update(statment="x"), "D08.*unknown field statment"),
        (lambda rule: rule.update(brings=["D99"]), "D08 names D99, which is no rule; correct .brings."),
        (lambda rule: rule.update(yields_to=["D99"]), "D08 names D99, which is no rule; correct .yields_to."),
        (lambda rule: rule.pop("id"), "has no id"),
        (lambda rule: rule.update(tags=5), "D08: a field has another form"),
        (lambda rule: rule.update(tags=[["x"]]), "D08: a field has another form"),
        (lambda rule: rule.update(statement=["x"]), "D08: a field has another form"),
        (lambda rule: rule.update(examples="x"), "D08: a field has another form"),
        (lambda rule: rule.update(triggers=[{"any": 5}]), "D08: a field has another form"),
    ],
)
def test_a_wrong_rule_is_refused_with_what_to_do(tmp_path: Path, change: Change, message: str) -> None:
    with pytest.raises(RulebookError, match=message):
        load_rulebook(written(tmp_path, change))


def test_an_empty_folder_is_no_rulebook(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="holds no disclosure rule"):
        load_rulebook(tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text("disclosures: [", encoding="utf-8")
    with pytest.raises(RulebookError, match=r"odd\.yaml"):
        load_rulebook(tmp_path)


def test_a_missing_reason_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path, lambda rule: None)
    conduct = yaml.safe_load((folder / "conduct.yaml").read_text(encoding="utf-8"))
    conduct["conduct"] = [rule for rule in conduct["conduct"] if rule["id"] != "P26"]
    (folder / "conduct.yaml").write_text(yaml.safe_dump(conduct, allow_unicode=True), encoding="utf-8")
    with pytest.raises(RulebookError, match="not_found"):
        load_rulebook(folder)


def test_a_file_that_is_no_yaml_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "banking.yaml").write_text("disclosures:\n  - id: D01\n   broken: [\n", "utf-8")
    with pytest.raises(RulebookError, match=r"^banking\.yaml line 3 is not valid YAML \("):
        load_rulebook(tmp_path)
