"""What the program that plants errors writes: its contract with ``eval.planted``, over a document of its own."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from eval.planting.__main__ import KINDS, main

DOCUMENT = """# Complaints
You may complain in any branch. We reply within 30 days of receipt. If you are not satisfied, you may ask for a review
within 60 days. The fee is HK$100 from 1 January 2027, unless we agree otherwise. It is not refunded after 14 days.
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "complaints.md").write_text(DOCUMENT.replace("\n", " ").replace("# Complaints ", "# Complaints\n"))
    return folder


def planted(source: Path, folder: Path, seed: int = 1) -> list[dict[str, str]]:
    main([str(folder), "--source", str(source), "--seed", str(seed), "--notes"])
    text = (folder / "planted-en.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_kind_of_error_is_planted_and_true_sentences_are_said_beside_them(source: Path, tmp_path: Path) -> None:
    assert {row["kind"] for row in planted(source, tmp_path / "out")} == {*KINDS, "true"}


def test_the_evidence_holds_what_was_changed_and_no_error(source: Path, tmp_path: Path) -> None:
    rows = planted(source, tmp_path / "out")
    evidence = " ".join(DOCUMENT.split())
    assert all(row["evidence"] in evidence for row in rows)
    assert not [row for row in rows if row["kind"] != "true" and row["sentence"] in row["evidence"]]


def test_an_error_is_made_by_one_change(source: Path, tmp_path: Path) -> None:
    assert not [row for row in planted(source, tmp_path / "out") if row["kind"] != "true" and "+" in row["operator"]]


def test_a_seed_gives_the_same_sentences_again_and_nothing_is_downloaded(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert planted(source, tmp_path / "one", seed=3) == planted(source, tmp_path / "two", seed=3)


def test_a_folder_that_is_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--source", str(tmp_path / "missing")])
    assert "missing is no folder" in capsys.readouterr().err
