"""``candour knowledge diff`` and ``impact``: what changed, and whom it would reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.hong_kong import today_in_hong_kong
from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, FEE_QUESTION

HERE = ("--institution", BANK)


def test_a_diff_names_each_changed_passage(run: Run) -> None:
    told = run("knowledge", "diff", "card-fees", "2025-01", "2026-01", *HERE, "--json").json
    assert (told["from"], told["to"]) == ("2025-01", "2026-01")
    assert told["counts"]["changed"] == 2
    assert told["changes"][0]["before"] == "The annual fee of the Gold Card is HK$600."
    assert told["changes"][0]["figures_changed"]
    assert "[-HK$600-][+HK$720+]" in run("knowledge", "diff", "card-fees", "2025-01", "2026-01", *HERE).out


def test_a_diff_of_an_unknown_version_ends_with_one_sentence(run: Run) -> None:
    ran = run("knowledge", "diff", "card-fees", "1999", "2026-01", *HERE)
    assert (ran.status, ran.out) == (2, "")
    assert "1999" in ran.err


def test_an_impact_counts_and_lists_nobody_where_nobody_was_told_the_earlier_words(run: Run) -> None:
    run("ask", FEE_QUESTION, *HERE)
    told = run("knowledge", "impact", "card-fees", "2026-01", *HERE, "--json").json
    assert (told["instead_of"], told["affected"], told["looked_at"]) == ("2025-01", 0, 0)


@pytest.fixture
def draft(run: Run, home: Path) -> tuple[str, ...]:
    """The command that shows the impact of a version that waits for approval and changes the gold card's fee."""
    (home / "card-fees.md").write_text("# Card fees\n\nThe annual fee of the Gold Card is HK$990.\n", encoding="utf-8")
    assert run("ingest", str(home / "card-fees.md"), *HERE, "--version", "2026-12").status == 0
    return ("knowledge", "impact", "card-fees", "2026-12", *HERE)


def test_an_impact_shows_how_an_earlier_answer_would_read(run: Run, draft: tuple[str, ...]) -> None:
    run("ask", FEE_QUESTION, *HERE)
    told = run(*draft, "--json").json
    (answer,) = told["answers"]
    assert "HK$720" in answer["then"]["text"]
    assert "HK$990" in answer["now"]["text"]
    assert answer["question"] == FEE_QUESTION


def test_an_impact_is_told_in_sentences(run: Run, draft: tuple[str, ...]) -> None:
    run("ask", FEE_QUESTION, *HERE)
    ran = run(*draft)
    today = today_in_hong_kong()
    first, second, *rest = ran.out.splitlines()
    assert first == f"card-fees, version 2026-12, in place of version 2026-01, as answers would read on {today}."
    assert second == "1 of 1 past answers that cite version 2026-01 is affected."
    assert any("[+HK$990+]" in line for line in rest)
    assert "reading again" not in ran.err  # a bar is for terminals


def test_an_impact_of_a_first_version_says_that_it_changes_no_answer(run: Run) -> None:
    told = run("knowledge", "impact", "dps", "1", *HERE).out
    assert told == "dps, version 1, takes the place of no version; it changes no past answer.\n"
