"""``candour rules check``, and an institution that comes with rules and switches of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from guardrails.rulebook import SHIPPED, load_rulebook
from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK
from tests.guardrails.test_own_rules import RULE

OTHER = Path(__file__).resolve().parents[3] / "knowledge_bases" / "lantern-insurance" / "institution.yaml"


def own_rules(folder: Path, institution_id: str, **changes: object) -> Path:
    """A folder ``rules`` with one rule of the institution's own."""
    rule = {**RULE, "id": f"{institution_id}.vault", **changes}
    content = {"lexicon": {"test_vault": {"en": ["vault"], "zh": ["金庫"]}}, "disclosures": [rule]}
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "vault.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def described(folder: Path, **changes: object) -> Path:
    """A folder with institution "other", which has no documents."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = yaml.safe_load(OTHER.read_text(encoding="utf-8"))
    fields |= {"id": "other", "documents": [], "privacy_document": None, **changes}
    (folder / "institution.yaml").write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
    return folder


def test_the_shipped_rules_hold(run: Run) -> None:
    ran = run("rules", "check", "--json")
    assert ran.status == 0
    assert ran.json["failures"] == []
    assert ran.json["version"] == load_rulebook().version


def test_an_example_that_does_not_hold_is_a_line_and_exit_status_1(run: Run, home: Path) -> None:
    folder = home / "rulebook"
    shutil.copytree(SHIPPED, folder)
    content = yaml.safe_load((folder / "svf.yaml").read_text(encoding="utf-8"))
    content["disclosures"][0]["examples"]["must_not_fire"].append("Is my wallet balance protected?")
    (folder / "svf.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    ran = run("rules", "check", str(folder))
    assert ran.status == 1
    assert "D45 fires on: Is my wallet balance protected?" in ran.out


def test_an_institutions_own_rules_are_checked_beside_the_shipped_ones(run: Run, home: Path) -> None:
    folder = own_rules(home / "own", BANK) / "rules"
    assert run("rules", "check", str(folder), "--institution", BANK).status == 0
    wrong = own_rules(home / "wrong", BANK, id="D01") / "rules"
    ran = run("rules", "check", str(wrong), "--institution", BANK)
    assert ran.status == 1
    assert f"needs an id that starts with '{BANK}.'" in ran.err


def test_an_institution_is_added_with_its_rules_and_switches(run: Run, home: Path) -> None:
    folder = own_rules(described(home / "other", rules={"off": ["D50"]}), "other", sectors=["insurance"])
    assert run("institution", "add", str(folder)).status == 0
    assert (home / "data" / "institutions" / "other" / "rules" / "vault.yaml").is_file()
    assert run("rules", "check", "--institution", "other").status == 0


@pytest.mark.parametrize("off", ["D48", "D37", "D99"])
def test_an_institution_that_switches_off_more_than_it_may_is_not_added(run: Run, home: Path, off: str) -> None:
    ran = run("institution", "add", str(described(home / "other", rules={"off": [off]})))
    assert ran.status == 1
    assert off in ran.err
    assert "other" not in run("institution", "list").out
