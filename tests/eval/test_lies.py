"""Counts of lies and truths that the judge releases, and what is printed of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.__main__ import cli
from eval.lies import lines, to_value, told
from knowledge_bases.schema import Language

FEE = "The annual fee of the Gold Card is HK$1,800."
ROWS = [
    {"evidence": FEE, "text": FEE, "label": "truth", "kind": "truth"},
    {"evidence": FEE, "text": "The annual fee of the Gold Card is HK$900.", "label": "lie", "kind": "rate"},
    {"evidence": FEE, "text": "Penguins of the south sell lemonade.", "label": "truth", "kind": "truth"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language in Language:
        rows = ROWS if language is Language.EN else []
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"lies-{language}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path


def test_what_is_released_is_counted_by_language_and_kind(folder: Path) -> None:
    assert to_value(told(folder))["released"] == {"en": {"lies": [0, 1], "rate": [0, 1], "truth": [1, 2]}}


def test_no_sentence_is_printed_unless_its_names_are_asked_for(folder: Path) -> None:
    found = told(folder)
    assert "Penguins" not in "\n".join(lines(found))
    assert "Penguins" in "\n".join(lines(found, names=True))


def test_a_missing_language_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        told(tmp_path)


def test_the_blind_half_names_nothing() -> None:
    result = CliRunner().invoke(cli, ["lies", "--portion", "blind", "--names"])
    assert result.exit_code != 0
    assert "not printed" in result.output
