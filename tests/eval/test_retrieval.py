from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from eval.datasets import Dataset, DatasetInvalid, read_dataset, write_dataset
from eval.retrieval import evaluate
from eval.suites import annual_reports, bank_faqs, finance_news, passage_questions, write_suites
from retrieval.embedders import HashingEmbedder

SET = Dataset(
    corpus={"d1": "The annual fee of the gold card", "d2": "金卡年費\u2028備註", "d3": "Time deposit rates"},
    queries={"q1": "annual fee", "q2": "年费", "q3": "deposit"},
    judged={"q1": {"d1": 1}, "q2": {"d2": 1}, "q3": {"d3": 2, "d1": 1}},
)


def test_a_set_that_was_written_is_read_back(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    assert read_dataset(tmp_path) == SET


def test_titles_stand_before_texts_and_judgements_may_lie_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "Fees", "text": "none"}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "fee"}\n{"_id": "unjudged", "text": "x"}\n')
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("q\td\t1\n")
    assert read_dataset(tmp_path) == Dataset({"d": "Fees\nnone"}, {"q": "fee"}, {"q": {"d": 1}})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", "{", "corpus.jsonl, line 1"),
        ("queries.jsonl", '{"_id": "q1"}', "queries.jsonl, line 1"),
        ("qrels.tsv", "h\th\th\nq1 d1 1", "qrels.tsv, line 2"),
        ("qrels.tsv", "q1\td1\t0\n", "no judged query"),
        ("queries.jsonl", None, "cannot be read"),
    ],
)
def test_a_malformed_set_is_named_with_its_line(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    write_dataset(tmp_path, SET)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(DatasetInvalid, match=message):
        read_dataset(tmp_path)


def test_every_system_is_measured_on_every_question(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    report = evaluate(tmp_path, HashingEmbedder())
    assert set(report.systems) == {"candour", "dense", "BM25", "RRF"}
    assert report.systems["candour"]["nDCG@10"].n == 3
    assert report.systems["candour"]["Recall@10"].mean == 1
    assert json.loads(json.dumps(report.to_value()))["queries"] == 3
    assert any(line.startswith("candour") for line in report.lines())


def test_sets_in_squad_form_have_their_passages_as_corpus(tmp_path: Path) -> None:
    paragraph = {"id": "p", "context": "words", "qas": [{"id": "q", "question": "which?"}]}
    (tmp_path / "s.json").write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    assert passage_questions(tmp_path / "s.json") == Dataset({"p": "words"}, {"q": "which?"}, {"q": {"p": 1}})


def test_bank_questions_that_come_twice_are_one(tmp_path: Path) -> None:
    with (tmp_path / "f.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerows(
            [("Question", "Answer", "Class"), ("How?", "So", "x"), ("How? ", "So", "y"), ("How?", "Thus", "x")]
        )
    dataset = bank_faqs(tmp_path / "f.csv")
    assert list(dataset.queries.values()) == ["How?"]
    assert sorted(dataset.corpus.values()) == ["So", "Thus"]
    assert [len(grades) for grades in dataset.judged.values()] == [2]


def test_a_report_question_may_need_its_table(tmp_path: Path) -> None:
    report = {
        "table": {"uid": "t", "table": [["", "2019"], ["Sales", "9"]]},
        "paragraphs": [{"uid": "p", "order": 1, "text": "Sales rose"}],
        "questions": [{"uid": "q", "question": "Sales?", "rel_paragraphs": ["1"], "answer_from": "table-text"}],
    }
    (tmp_path / "r.json").write_text(json.dumps([report]))
    assert annual_reports(tmp_path / "r.json").judged == {"q": {"p": 1, "t": 1}}


def test_a_finance_question_has_all_its_references(tmp_path: Path) -> None:
    (tmp_path / "n.json").write_text(json.dumps([{"question": "为何?", "reference": [["甲", "a1"], ["乙", "a2"]]}]))
    assert len(finance_news(tmp_path / "n.json").judged["q0"]) == 2


def test_absent_sources_are_named_and_left_out(tmp_path: Path) -> None:
    assert write_suites(tmp_path, tmp_path / "out") == ["drcd", "cmrc", "bankfaqs", "tatqa", "finllm"]
