"""``candour knowledge diff`` and ``impact``: what changed, and whom it would reach."""

from __future__ import annotations

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


def test_an_impact_shows_how_an_earlier_answer_would_read(run: Run) -> None:
    run("ask", FEE_QUESTION, *HERE, "--as-of", "2025-06-01")
    told = run("knowledge", "impact", "card-fees", "2026-01", *HERE, "--json").json
    (answer,) = told["answers"]
    assert "HK$600" in answer["then"]["text"]
    assert "HK$720" in answer["now"]["text"]
    assert answer["question"] == FEE_QUESTION
