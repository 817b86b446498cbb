from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from eval.datasets import Dataset, DatasetInvalid, read_dataset, write_dataset, write_rows
from eval.dialogues import JUDGED, dialogues
from eval.suites import (
    SUITES,
    annual_reports,
    bank_faqs,
    cantonese_pairs,
    finance_news,
    main,
    out_of_scope,
    passage_questions,
    write_suites,
)
from eval.unanswerable import OUTSIDE
from knowledge_bases.schema import Language

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
        ("queries.jsonl", '{"_id": "q1", "text": "x", "history": "y"}', "line 1: history is a list"),
        ("queries.jsonl", '{"_id": "q1", "text": "x", "language": "fr"}', "line 1: language 'fr' is none of"),
        ("queries.jsonl", '{"_id": "q1", "text": null}', "line 1: .*text is null"),
        (
            "queries.jsonl",
            '{"_id": "q1", "text": "x"}\n{"_id": "q1", "text": "y"}',
            "line 2: the id 'q1' is that of line 1",
        ),
        ("qrels.tsv", "h\th\th\nq1 d1 1", "qrels.tsv, line 2"),
        ("qrels.tsv", "h\th\th\nq1\td1\t1.5", "qrels.tsv, line 2: .* a whole score"),
        ("qrels.tsv", "q1\td1\t0\n", "no judged query"),
        ("qrels.tsv", "q1\td9\t1\n", "'d9', judged for query 'q1', is not in corpus.jsonl"),
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


def test_a_set_saved_with_a_byte_order_mark_is_read_like_any(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    for path in tmp_path.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_dataset(tmp_path) == SET


def test_sets_in_squad_form_have_their_passages_as_corpus(tmp_path: Path) -> None:
    paragraph = {
        "id": "p",
        "context": "words",
        "qas": [{"id": "q", "question": "which?", "answers": [{"text": "words"}]}],
    }
    (tmp_path / "s.json").write_text(json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    read = passage_questions(tmp_path / "s.json")
    assert read == Dataset({"p": "words"}, {"q": "which?"}, {"q": {"p": 1}}, answers={"q": ("words",)})


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


def test_a_finance_question_has_all_its_references_and_same_words_are_one(tmp_path: Path) -> None:
    rows = [
        {"question": "为何?", "reference": [["甲", "a1"], ["乙", "a2"]]},
        {"question": "何时?", "reference": [["甲", "a3"]]},
    ]
    (tmp_path / "n.json").write_text(json.dumps(rows))
    dataset = finance_news(tmp_path / "n.json")
    assert list(dataset.corpus.values()) == ["甲", "乙"]
    assert [len(grades) for grades in dataset.judged.values()] == [2, 1]


def test_absent_sources_are_named_and_left_out(tmp_path: Path) -> None:
    assert write_suites(tmp_path, tmp_path / "out") == [*SUITES, OUTSIDE]


def test_a_dialogue_question_has_the_customers_turns_before_it_and_only_given_passages(tmp_path: Path) -> None:
    (tmp_path / "evaluations").mkdir()
    judged = {
        "documents": [{"document_id": "p", "text": "\nwords"}],
        "tasks": [{"task_id": f"c<::>{n}"} for n in "123"],
    }
    (tmp_path / JUDGED).write_text(json.dumps(judged))
    folder = tmp_path / "retrieval_tasks" / "govt"
    (folder / "qrels").mkdir(parents=True)
    lines = ["query-id\tcorpus-id\tscore", "c<::>1\tp\t1", "c<::>2\tp\t1", "c<::>3\tp\t1", "c<::>3\tnot given\t1"]
    (folder / "qrels" / "dev.tsv").write_text("\n".join(lines))
    texts = ["|user|: First?", "|user|: First?\n|user|:  Second? ", "|user|: First?\n|user|: Third?"]
    write_rows(folder / "govt_questions.jsonl", ({"_id": f"c<::>{n}", "text": t} for n, t in enumerate(texts, 1)))
    assert dialogues(tmp_path) == Dataset(
        {"p": "words"},
        {"c<::>1": "First?", "c<::>2": "Second?"},
        {"c<::>1": {"p": 1}, "c<::>2": {"p": 1}},
        {"c<::>2": ("First?",)},
    )


def test_a_cantonese_sentence_looks_for_its_pair(tmp_path: Path) -> None:
    (tmp_path / "y.json").write_text(json.dumps([{"no": 7, "en": "fees", "yue": "收費"}]))
    pairs = cantonese_pairs(tmp_path / "y.json")
    assert (pairs.corpus, pairs.queries, pairs.judged) == ({"d7": "fees"}, {"q7": "收費"}, {"q7": {"d7": 1}})


def test_every_question_of_a_set_is_written_with_the_language_it_is_asked_in(tmp_path: Path) -> None:
    source = tmp_path / SUITES["yue-en"][0]
    source.parent.mkdir()
    source.write_text(json.dumps([{"no": 7, "en": "fees", "yue": "收費"}]))
    assert "yue-en" not in write_suites(tmp_path, tmp_path / "out")
    assert read_dataset(tmp_path / "out" / "yue-en").languages == {"q7": Language.ZH_HANT}


def test_only_questions_without_an_intent_are_outside(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(
        json.dumps({"oos_val": [["a", "oos"]], "oos_train": [["b", "oos"]], "val": [["c", "x"]]})
    )
    assert [row["text"] for row in out_of_scope(tmp_path / "c.json")] == ["a", "b"]


def test_sets_are_never_written_into_the_project(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="lies in the project"):
        main(tmp_path, Path(__file__).parent / "suites")


def test_an_absent_folder_of_sources_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="none is absent"):
        main(tmp_path / "none", tmp_path)
