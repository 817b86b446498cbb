from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.types import Answer, AnswerStatus, Part, Sentence
from eval.answers import Case, Gold, SuiteError, evaluate, judge, read_suite
from guardrails.types import Reason
from knowledge_bases.schema import Citation, Language, Span, UnitKind, VersionKey


def quoting(document: str, page: int | None, words: str) -> Answer:
    citation = Citation(VersionKey(document, "1"), "0" * 64, Span(0, len(words)), words, page, "Fees", None)
    sentence = Sentence(words, (Part(UnitKind.SENTENCE, citation),), "Fees")
    return Answer("a", AnswerStatus.QUOTED, None, Language.EN, words, "", (sentence,), confidence=0.9)


SILENT = Answer("a", AnswerStatus.REFUSED, Reason.NOT_FOUND, Language.EN, "not found", "not found")


def suite(tmp_path: Path, *rows: dict[str, object]) -> Path:
    path = tmp_path / "suite.jsonl"
    path.write_text("\n".join(json.dumps({"id": str(i), "language": "en", **row}) for i, row in enumerate(rows)))
    return path


async def figures(path: Path, *answers: Answer) -> dict[str, object]:
    given = iter(answers)

    async def ask(case: Case) -> Answer:
        return next(given)

    return (await evaluate(read_suite(path), ask, lambda citation: f"{citation.key.document}.pdf")).to_json()


ASKED = {"question": "fee?", "answerable": True, "gold": [{"document": "fees.pdf", "pages": [2], "contains": "HK$5"}]}
UNANSWERABLE = {"question": "weather?", "answerable": False, "gold": []}


async def test_the_right_page_with_the_right_words_counts_twice(tmp_path: Path) -> None:
    report = await figures(suite(tmp_path, ASKED), quoting("fees", 2, "The fee is HK$5."))
    assert report["cited_right"] == (1, 1)
    assert report["said_right"] == (1, 1)


async def test_the_right_words_on_another_page_are_not_cited_right(tmp_path: Path) -> None:
    report = await figures(suite(tmp_path, ASKED), quoting("fees", 3, "The fee is HK$5."))
    assert report["cited_right"] == (0, 1)
    assert len(report["failures"]) == 1  # type: ignore[arg-type]


async def test_the_right_page_with_other_words_is_cited_but_not_said_right(tmp_path: Path) -> None:
    report = await figures(suite(tmp_path, ASKED), quoting("fees", 2, "Fees may change."))
    assert report["cited_right"] == (1, 1)
    assert report["said_right"] == (0, 1)


async def test_silence_is_right_only_where_there_is_nothing_to_say(tmp_path: Path) -> None:
    report = await figures(suite(tmp_path, ASKED, UNANSWERABLE), SILENT, SILENT)
    assert report["cited_right"] == (0, 1)
    assert report["declined"] == (1, 1)


async def test_an_answer_to_the_unanswerable_is_a_failure(tmp_path: Path) -> None:
    report = await figures(suite(tmp_path, UNANSWERABLE), quoting("fees", 2, "Anything."))
    assert report["declined"] == (0, 1)


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "1"}\n')
    with pytest.raises(SuiteError, match=r"bad\.jsonl, line 1"):
        read_suite(path)


async def test_precision_counts_sentences_and_recall_places(tmp_path: Path) -> None:
    beside = quoting("fees", 3, "Fees may change.").sentences
    answer = quoting("fees", 2, "The fee is HK$5.")
    report = await figures(
        suite(tmp_path, ASKED, UNANSWERABLE),
        replace(answer, sentences=answer.sentences + beside),
        quoting("fees", 2, "Anything."),
    )
    assert report["citation_precision"] == (1, 3)
    assert report["citation_recall"] == (1, 1)


async def test_of_places_that_all_belong_to_the_answer_each_is_sought() -> None:
    gold = tuple(Gold(document, frozenset(), "") for document in ("fees", "terms"))
    case = Case("1", Language.EN, "fee?", True, gold, alternatives=False)
    outcome = judge(case, quoting("fees", None, "The fee is HK$5."), lambda _: "")
    assert (outcome.found, outcome.sought) == (1, 2)
    assert (outcome.cited_right, outcome.said_right) == (True, False)


async def test_a_refusal_is_right_or_wrong_and_its_reason_is_told(tmp_path: Path) -> None:
    report = await figures(suite(tmp_path, ASKED, UNANSWERABLE), SILENT, SILENT)
    assert (report["refused_wrongly"], report["declined"], report["answered"]) == ((1, 1), (1, 1), (0, 1))
    assert report["reasons"] == {"not_found": 1}
