"""Counts of planted errors and of true sentences, and what is printed of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.halves import Half
from eval.planted import judged, lines, main

FEE = "The annual fee of the Gold Card is HK$1,800."
ROWS = [
    (FEE, "The Gold Card's annual fee is HK$1,800.", "true"),
    (FEE, "The annual fee of the Gold Card is HK$900.", "number"),
    (FEE, "Penguins of the south sell lemonade.", "true"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path)


def written(folder: Path) -> Path:
    rows = [{"evidence": evidence, "sentence": sentence, "kind": kind} for evidence, sentence, kind in ROWS]
    (folder / "planted-en.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_errors_and_true_sentences_are_counted_apart(folder: Path) -> None:
    assert "errors held 1 of 1 (100.0 %), true sentences held 1 of 2" in next(lines(folder))


def test_no_sentence_is_printed_unless_its_names_are_asked_for(folder: Path) -> None:
    assert "Penguins" not in "\n".join(lines(folder))
    named = "\n".join(lines(folder, names=True))
    assert "Penguins" in named
    assert "HK$900" not in named  # it was held, as it should be


def test_a_half_is_that_of_the_evidence(folder: Path) -> None:
    path = folder / "planted-en.jsonl"
    halves = [judged(path, half) for half in Half]
    assert sorted(map(len, halves)) == [0, len(ROWS)]


def test_a_blind_set_names_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blind = tmp_path / "blind"
    blind.mkdir()
    with pytest.raises(SystemExit):
        main([str(written(blind)), "--names"])
    assert "is a blind set" in capsys.readouterr().err


def test_a_folder_without_sets_says_what_it_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "planted-<language>.jsonl" in capsys.readouterr().err
