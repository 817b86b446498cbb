from __future__ import annotations

import json
from pathlib import Path

from eval.bench_retrieval.texts import Part, distinct, questions, windows_of
from eval.bench_retrieval.texts import _others as others


def test_windows_are_neighbouring_sentences_each_a_sentence_later() -> None:
    text = "One came. Two came. Three came. Four came."
    assert windows_of(text, 3) == ["One came. Two came. Three came.", "Two came. Three came. Four came."]


def test_a_text_of_one_window_has_none_beside_itself() -> None:
    assert windows_of("One is here. Two is here.", 2) == []
    assert windows_of("", 2) == []


def test_no_text_comes_twice_and_none_that_says_nothing() -> None:
    fee, rate = "What is the fee?", "What is the rate?"
    parts = distinct([Part("a", (fee, fee, "short")), Part("b", (rate, fee))])
    assert parts == [Part("a", (fee,)), Part("b", (rate,))]


def test_sources_that_are_absent_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "halueval"
    folder.mkdir()
    (folder / "qa_few.json").write_text(json.dumps({"knowledge": "Banks lend money."}), "utf-8")
    assert list(others(tmp_path)) == ["Banks lend money."]
    assert questions(tmp_path, 10) == []


def test_questions_are_real_come_in_turn_and_are_the_same_each_time(tmp_path: Path) -> None:
    _drcd(tmp_path / "drcd_zh_hant" / "DRCD_dev.json", [f"第{n}題？" for n in range(9)])
    (tmp_path / "bankfaqs_en").mkdir()
    rows = "".join(f"Question {n}?,Answer {n}.\n" for n in range(9))
    (tmp_path / "bankfaqs_en" / "BankFAQs.csv").write_text(f"Question,Answer\n{rows}", "utf-8")
    asked = questions(tmp_path, 8)
    assert len(set(asked)) == 8
    assert [question.startswith("Question") for question in asked] == [True, False] * 4
    assert questions(tmp_path, 8) == asked


def _drcd(path: Path, asked: list[str]) -> None:
    path.parent.mkdir()
    found = [{"id": f"q{number}", "question": question} for number, question in enumerate(asked)]
    value = {"data": [{"paragraphs": [{"id": "p", "context": "文", "qas": found}]}]}
    path.write_text(json.dumps(value), "utf-8")
