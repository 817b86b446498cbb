"""Which questions ``candour eval answers`` asks of whom, in quotes and in the words of a model that quotes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.__main__ import cli
from eval.answers import Case, Gold, SuiteError
from eval.answers_command import GENERATE, QUOTE, Suite, _reports, _suites
from eval.known import model_entry
from eval.model_server import serving
from eval.mtrag import JUDGED, MTRAG, mtrag_cases
from knowledge_bases.schema import Language
from tests.app.small_bank import BANK, FEE_QUESTION, FEES, SmallBank

CASE = Case("1", Language.EN, FEE_QUESTION, True, (Gold(FEES.document, frozenset(), "HK$720"),))


def turn(task: str, answerability: str, *said: str, contexts: tuple[str, ...] = ()) -> dict[str, object]:
    """A task of the benchmark: the customer and the assistant in turns."""
    speakers = ("user" if number % 2 == 0 else "agent" for number in range(len(said)))
    spoken = [{"speaker": speaker, "text": text} for speaker, text in zip(speakers, said, strict=False)]
    named = [{"document_id": context} for context in contexts]
    return {"task_id": task, "input": spoken, "contexts": named, "Answerability": [answerability]}


TASKS = [
    turn("one", "PARTIAL", "A?", "a", "B?", contexts=("x", "y")),
    turn("two", "UNANSWERABLE", "C?"),
    turn("three", "CONVERSATIONAL", "Hi"),
]


@pytest.fixture
def mtrag(tmp_path: Path) -> Path:
    """A folder in the benchmark's form."""
    path = tmp_path / "mtrag_human" / JUDGED
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"documents": [{"document_id": "x"}, {"document_id": "y"}], "tasks": TASKS}))
    return tmp_path / "mtrag_human"


async def test_every_question_is_asked_in_quotes_and_of_the_model_where_there_is_one(
    small_bank_home: Path, tmp_path: Path
) -> None:
    with serving("truths", tmp_path, first_s=0.01) as served:
        models = model_entry(served.base_url, first_sentence_s=10.0, total_s=20.0)
        bank = SmallBank.copy_of(small_bank_home, tmp_path / "data", models=models)
        reports = await _reports(bank.platform, [Suite(BANK, (CASE,))], at_once=2)
        bank.close()
    assert [outcome.status for outcome in reports[QUOTE].outcomes] == ["quoted"]
    assert [outcome.status for outcome in reports[GENERATE].outcomes] == ["answered"]
    assert all(report.to_json()["cited_right"] == (1, 1) for report in reports.values())


async def test_without_a_model_there_are_only_quotes(small_bank: SmallBank) -> None:
    assert set(await _reports(small_bank.platform, [Suite(BANK, (CASE,))], at_once=1)) == {QUOTE}


def test_a_turn_of_mt_rag_is_a_question_with_its_history_and_all_its_passages(mtrag: Path) -> None:
    partial, unanswerable = mtrag_cases(mtrag)
    assert (partial.question, partial.history, partial.answerable) == ("B?", ("A?",), True)
    assert [gold.document for gold in partial.gold] == ["passage-001", "passage-002"]
    assert not partial.alternatives
    assert (unanswerable.question, unanswerable.answerable) == ("C?", False)
    assert _suites(mtrag, "") == [Suite(MTRAG, (partial, unanswerable))]


def test_a_folder_is_a_set_an_institution(tmp_path: Path) -> None:
    question = {"id": "1", "language": "en", "question": "fee?", "answerable": False, "gold": []}
    (tmp_path / "harbour-bank.jsonl").write_text(json.dumps(question))
    assert [suite.institution for suite in _suites(tmp_path, "")] == ["harbour-bank"]


def test_a_folder_without_questions_and_a_file_of_nobody_are_named(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"no <institution>\.jsonl"):
        _suites(tmp_path, "")
    (tmp_path / "some.jsonl").write_text("")
    told = CliRunner().invoke(cli, ["answers", str(tmp_path / "some.jsonl")])
    assert told.exit_code == 1
    assert "--institution" in told.output
