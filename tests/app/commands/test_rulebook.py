"""``candour rules``: what binds, one rule, and a change that two people at a terminal bring into force."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from app.foundation import lay_foundation
from app.staff.service import StaffService
from app.staff.types import Role
from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL, one_rulebook, settings_of

HERE = ("--institution", BANK)
PASSWORD = "a phrase that is long enough"
NEW_WORDS = "Borrow only what you are sure to repay."


@pytest.fixture
def people(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.rules.provider.load_rulebook", lambda **_: one_rulebook())
    foundation = lay_foundation(settings_of(home / "data"))
    with foundation.database.write() as session:
        staff = StaffService(session, foundation.ledger)
        for name, role in (("maya", Role.MAKER), ("hugo", Role.HEAD)):
            staff.grant(staff.create_account(name, PASSWORD, by="tests"), BANK, role, by="tests")
    foundation.database.engine.dispose()


def changed(home: Path, **fields: object) -> str:
    file = home / "rule.yaml"
    entry = {**one_rulebook().content.entries["D01"], **fields}
    file.write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
    return str(file)


def new_words(home: Path) -> str:
    return changed(home, statement={**one_rulebook().content.entries["D01"]["statement"], "en": NEW_WORDS})


def test_the_list_says_what_binds_here(run: Run, people: None) -> None:
    listed = run("rules", "list", *HERE, "--json").json
    assert listed["rulebook"] == one_rulebook().version
    here = {rule["id"]: rule["here"] for rule in listed["rules"]}
    assert (here["D01"], here["D30"]) == ("on", "other_sector")
    assert "not confirmed" in run("rules", "list", *HERE).out


def test_a_rule_is_shown_as_a_file_would_have_it(run: Run, people: None) -> None:
    shown = run("rules", "show", "D01", *HERE)
    assert yaml.safe_load(shown.out) == one_rulebook().content.entries["D01"]
    assert run("rules", "show", "D999", *HERE).status == 2


def test_two_people_bring_a_change_into_force_and_the_next_answer_goes_by_it(
    run: Run, people: None, home: Path
) -> None:
    why = ("--reason", "plainer words")
    proposed = run("rules", "propose", new_words(home), *HERE, "--as", "maya", *why, "--yes", stdin=f"{PASSWORD}\n")
    assert proposed.status == 0, proposed.both
    change = run("rules", "history", *HERE, "--json").json["waiting"][0]["id"]
    own = run("rules", "approve", change, *HERE, "--as", "maya", "--yes", stdin=f"{PASSWORD}\n")
    assert own.status == 1
    assert run("rules", "approve", change, *HERE, "--as", "hugo", stdin=f"{PASSWORD}\ny\n").status == 0
    assert NEW_WORDS in run("ask", FEE_QUESTION, *HERE).out
    assert "plainer words" in run("rules", "history", *HERE).out
    assert NEW_WORDS not in run("rules", "show", "D01", "--institution", RIVAL).out


def test_a_replay_of_an_older_answer_goes_by_the_rulebook_of_its_day(run: Run, people: None, home: Path) -> None:
    answer = run("ask", FEE_QUESTION, *HERE, "--json").json
    why = ("--reason", "plainer words")
    run("rules", "propose", new_words(home), *HERE, "--as", "maya", *why, "--yes", stdin=f"{PASSWORD}\n")
    change = run("rules", "history", *HERE, "--json").json["waiting"][0]["id"]
    run("rules", "approve", change, *HERE, "--as", "hugo", "--yes", stdin=f"{PASSWORD}\n")
    assert run("replay", answer["answer_id"], *HERE, "--json").json["same"] is True


def test_what_breaks_an_example_is_named_and_not_sent(run: Run, people: None, home: Path) -> None:
    known = one_rulebook().content.entries["D01"]["examples"]
    file = changed(home, examples={**known, "must_fire": [*known["must_fire"], "Where is the branch?"]})
    refused = run("rules", "propose", file, *HERE, "--as", "maya", "--reason", "x", "--yes", stdin=f"{PASSWORD}\n")
    assert refused.status == 1
    assert "Where is the branch?" in refused.err
    assert run("rules", "history", *HERE, "--json").json["waiting"] == []


@pytest.mark.parametrize(("name", "password"), [("maya", "wrong"), ("nobody", PASSWORD)])
def test_nobody_proposes_without_their_password(run: Run, people: None, home: Path, name: str, password: str) -> None:
    asked = run(
        "rules", "propose", new_words(home), *HERE, "--as", name, "--reason", "x", "--yes", stdin=f"{password}\n"
    )
    assert (asked.status, "do not match" in asked.err) == (1, True)


def test_what_binds_everybody_needs_the_role_everywhere(run: Run, people: None, home: Path) -> None:
    wide = (*HERE, "--everybody", "--as", "maya", "--reason", "x", "--yes")
    refused = run("rules", "propose", new_words(home), *wide, stdin=f"{PASSWORD}\n")
    assert (refused.status, "may not" in refused.err) == (1, True)


@pytest.mark.parametrize("text", ["- a list", "title: no id", "a: [", "\xff"])
def test_a_file_that_is_no_rule_is_told_in_a_sentence(run: Run, people: None, home: Path, text: str) -> None:
    file = home / "wrong.yaml"
    file.write_bytes(text.encode("latin-1"))
    wrong = run("rules", "propose", str(file), *HERE, "--as", "maya", "--reason", "x", "--yes", stdin=f"{PASSWORD}\n")
    assert wrong.status == 1
    assert "wrong.yaml" in wrong.err
