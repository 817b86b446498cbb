"""Whether the passage that answers is among the first ten: by language, in conversations, across languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from eval import passages
from eval.answers import SuiteError
from eval.passages import SAMPLES, PassagesReport, evaluate
from knowledge_bases.errors import InstitutionFileError
from knowledge_bases.schema import Language
from retrieval.embedders import HashingEmbedder

ENGLISH = (
    "# Card fees\n\n## Gold card\n\nThe annual fee of the gold card is HK$600.\n\n## Late payment\n\nPay HK$300.\n"
)
CHINESE = "# 信用卡收費\n\n## 金卡\n\n金卡年費為HK$600。\n\n## 逾期還款\n\n收費HK$300。\n"


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small institution among the samples, with one document in two languages and one no longer in force."""
    described = yaml.safe_load((SAMPLES / "harbour-bank" / "institution.yaml").read_text("utf-8"))
    entry = next(entry for entry in described["documents"] if entry["id"] == "card-fees-en")
    old = {"id": "old-en", "file": "old.md", "effective_from": "2020-01-01", "effective_to": "2021-01-01"}
    described["documents"] = [
        {**entry, "file": "en.md"},
        {**entry, "id": "card-fees-zh", "file": "zh.md", "language": "zh-Hant", "sibling": "card-fees-en"},
        {**entry, **old, "sibling": None},
    ]
    del described["privacy_document"]
    folder = tmp_path / "harbour-bank"
    folder.mkdir()
    (folder / "institution.yaml").write_text(yaml.safe_dump(described, allow_unicode=True), "utf-8")
    for name, text in (("en.md", ENGLISH), ("zh.md", CHINESE), ("old.md", ENGLISH)):
        (folder / name).write_text(text, "utf-8")
    monkeypatch.setattr(passages, "SAMPLES", tmp_path)
    return "harbour-bank"


def asked(
    folder: Path, bank: str, question: str, contains: str, document: str = "card-fees-en", **more: Any
) -> PassagesReport:
    """The report on one question."""
    folder.mkdir(exist_ok=True)
    value = {"id": "1", "language": "en", "question": question, "answerable": True, **more}
    value["gold"] = [{"document": document, "pages": [], "contains": contains}]
    (folder / f"{bank}.jsonl").write_text(json.dumps(value) + "\n", "utf-8")
    return evaluate(folder, HashingEmbedder(), across=document.endswith("-zh"))


def test_the_rank_is_that_of_the_first_passage_that_holds_the_gold_words(tmp_path: Path, bank: str) -> None:
    report = asked(tmp_path / "q", bank, "annual fee of the gold card", "fee of the gold card is HK$600")
    assert report.found[0].ranks["as asked"] == 1
    assert report.measures("as asked")["Recall@1"].mean == 1


def test_a_quote_answers_where_the_gold_words_stand_in_it(tmp_path: Path, bank: str) -> None:
    report = asked(tmp_path / "q", bank, "annual fee of the gold card", "fee of the gold card is HK$600")
    assert report.found[0].quoted == 1
    assert report.quoted()["Quoted@1"].mean == 1


def test_words_that_no_document_in_force_holds_are_missed_and_named(tmp_path: Path, bank: str) -> None:
    elsewhere = asked(tmp_path / "q", bank, "annual fee of the gold card", "is HK$600", document="old-en")
    nowhere = asked(tmp_path / "q", bank, "annual fee of the gold card", "HK$999")
    for report in (elsewhere, nowhere):
        assert report.to_value()["missed"] == ["1"]
        assert report.to_value()["quoted"]["Quoted@3"]["mean"] == 0
        assert report.lines()[-1].endswith("1")


def test_across_languages_only_the_gold_places_language_is_searched(tmp_path: Path, bank: str) -> None:
    report = asked(tmp_path / "q", bank, "annual fee of the gold card", "金卡年費", document="card-fees-zh")
    assert report.found[0].ranks["as asked"] == 1


def test_a_conversation_is_asked_as_it_is_without_its_history_and_with_all_of_it(tmp_path: Path, bank: str) -> None:
    history = ["What is the annual fee of the gold card?"]
    report = asked(tmp_path / "q", bank, "and if late?", "Pay HK$300", history=history)
    assert set(report.found[0].ranks) == {"as asked", "last turn", "whole history"}
    assert report.found[0].case.history == tuple(history)
    assert report.measures("as asked", Language.EN)["Recall@10"].n == 1


def test_a_line_that_is_no_question_and_an_institution_that_is_no_sample_are_errors(tmp_path: Path, bank: str) -> None:
    folder = tmp_path / "q"
    folder.mkdir()
    (folder / f"{bank}.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(SuiteError, match=r"harbour-bank\.jsonl, line 1: not a question"):
        evaluate(folder, HashingEmbedder(), across=False)
    (folder / f"{bank}.jsonl").rename(folder / "nobody.jsonl")
    with pytest.raises(InstitutionFileError):
        evaluate(folder, HashingEmbedder(), across=False)
