"""Rules that an institution adds in its own folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrails.disclosure import owed
from guardrails.errors import RulebookError
from guardrails.rule_examples import check_examples
from guardrails.rulebook import SHIPPED, Rulebook, load_rulebook
from tests.guardrails.builders import BANK, TODAY, occasion

RULE: dict[str, Any] = {
    "id": "test.vault",
    "title": "The vault",
    "sectors": ["banking"],
    "triggers": [{"any": ["test_vault"]}],
    "statement": {"en": "Vaults are not insured.", "zh-Hant": "金庫不設保險。", "zh-Hans": "金库不设保险。"},
    "force": "REQ",
    "placement": "answer",
    "source": "Vault terms, clause 4",
    "grades": {"en": "P", "zh-Hant": "P", "zh-Hans": "?"},
    "effective_from": TODAY,
    "examples": {
        "must_fire": ["Is my vault insured?", "金庫有冇保險？", "金库安全吗？"],
        "must_not_fire": ["Where is the branch?", "分行喺邊？", "分行在哪里？"],
    },
}
BORROWING = "To borrow or not to borrow? Borrow only if you can repay!"
Change = Callable[[dict[str, Any]], None]


def own(folder: Path, change: Change = lambda rule: None, **sections: Any) -> Rulebook:
    """The shipped rulebook with one rule of institution "test" beside it."""
    rule = yaml.safe_load(yaml.safe_dump(RULE))
    change(rule)
    content = {"lexicon": {"test_vault": {"en": ["vault"], "zh": ["金庫"]}}, "disclosures": [rule], **sections}
    (folder / "vault.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return load_rulebook(SHIPPED, own={"test": folder})


def test_it_is_owed_by_that_institution_only(tmp_path: Path) -> None:
    rulebook = own(tmp_path)
    asked = occasion("Is my vault safe?")
    assert [d.text for d in owed(rulebook, asked)] == ["Vaults are not insured."]
    assert owed(rulebook, replace(asked, institution=replace(BANK, id="other"))) == ()


def test_its_examples_are_run_and_it_changes_the_version(tmp_path: Path) -> None:
    rulebook = own(tmp_path)
    assert check_examples(rulebook) == ()
    assert rulebook.version != load_rulebook().version


def test_the_institution_may_switch_it_off_whatever_its_force(tmp_path: Path) -> None:
    without = replace(BANK, rules_off=frozenset({"test.vault"}))
    assert owed(own(tmp_path), occasion("Is my vault safe?", institution=without)) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rule: rule.update(id="D01"), "D01 of test needs an id that starts with 'test.'"),
        (lambda rule: rule.update(id="other.vault"), "other.vault of test needs an id"),
        (lambda rule: rule.update(title="Borrowing reminder"), "test.vault shadows D01"),
        (
            lambda rule: rule["statement"].update(en="Not so: " + BORROWING),
            "test.vault shadows D01",
        ),
        (lambda rule: rule.update(brings=["test.gone"]), "names test.gone, which is no rule; correct .brings."),
        (lambda rule: rule.pop("source"), "'source'"),
    ],
)
def test_what_shadows_or_weakens_a_shipped_rule_is_refused(tmp_path: Path, change: Change, message: str) -> None:
    with pytest.raises(RulebookError, match=message.replace("(", r"\(")):
        own(tmp_path, change)


def test_shipped_concepts_cannot_be_written_again(tmp_path: Path) -> None:
    lexicon = {"test_vault": {"en": ["vault"], "zh": ["金庫"]}, "loan": {"en": ["nothing"], "zh": ["無"]}}
    with pytest.raises(RulebookError, match="concept loan is written more than once"):
        own(tmp_path, lexicon=lexicon)


def test_conduct_is_not_the_institutions_to_write(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="test may not write conduct rules"):
        own(tmp_path, conduct=[{"id": "P01"}])
