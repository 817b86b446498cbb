from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.__main__ import cli
from eval.datasets import Dataset, write_dataset, write_rows
from eval.unanswerable import OUTSIDE
from retrieval.embedders import HashingEmbedder

SET = Dataset(
    corpus={f"d{n}": f"The annual fee of card {n} is HK${n}." for n in range(9)},
    queries={f"q{n}": f"annual fee of card {n}" for n in range(9)},
    judged={f"q{n}": {f"d{n}": 1} for n in range(9)},
)


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.__main__.make_embedder", lambda choice=None: HashingEmbedder())


def evaluated(*arguments: object, cache: Path) -> str:
    result = CliRunner().invoke(cli, [*(str(argument) for argument in arguments), "--cache", str(cache)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_retrieval_prints_json_and_writes_its_run(tmp_path: Path) -> None:
    write_dataset(tmp_path / "cards", SET)
    run = tmp_path / "run.txt"
    printed = evaluated("retrieval", tmp_path / "cards", "--run", run, "--json", cache=tmp_path / "cache")
    assert json.loads(printed)["systems"]["candour"]["nDCG@10"]["n"] == 9
    assert {line.split()[0] for line in run.read_text().splitlines()} == SET.queries.keys()
    assert list((tmp_path / "cache").rglob("*.npz"))


def test_a_folder_of_sets_gives_a_run_each_and_compares_each_with_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_dataset(tmp_path / "sets" / name, SET)
    run = tmp_path / "run.txt"
    evaluated("retrieval", tmp_path / "sets", "--alone", "--run", run, cache=tmp_path / "cache")
    printed = evaluated("retrieval", tmp_path / "sets", "--alone", "--beside", run, cache=tmp_path / "cache")
    assert {path.name for path in tmp_path.glob("run*")} == {"run-one.txt", "run-two.txt"}
    assert printed.count("before") == printed.count("+0.0 [+0.0, +0.0]") == 3  # each set, and English over both


def test_a_folder_that_is_no_set_ends_with_a_sentence_and_status_1(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["retrieval", str(tmp_path)])
    assert result.exit_code == 1
    assert "no corpus.jsonl here" in result.stderr


def test_strength_reads_the_questions_of_nowhere_beside_the_sets(tmp_path: Path) -> None:
    write_dataset(tmp_path / "cards", SET)
    write_rows(tmp_path / OUTSIDE, [{"_id": "o", "text": "who won the cup"}])
    (judged,) = json.loads(evaluated("strength", tmp_path, "--json", cache=tmp_path / "cache"))["sets"]
    assert judged["answerable"] + judged["unanswerable"] == 10
    assert 0 <= judged["judges"]["strength"]["auroc"]["mean"] <= 1
