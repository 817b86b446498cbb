"""What ``python -m eval.owing`` counts, over answers made here."""

from __future__ import annotations

from app.samples import sample_folders
from eval.owing import Ground, Owing, OwingReport, owing, questions_of
from guardrails.rulebook import load_rulebook
from tests.guardrails.builders import occasion

RULEBOOK = load_rulebook()


def owed(question: str, **changes: object) -> Owing:
    return owing(RULEBOOK, occasion(question, **changes))


def test_each_ground_of_a_statement_is_told() -> None:
    loans = owed("A loan?", answer="Loans.", passages=("A personal loan",), tags=frozenset({"loan"}))
    assert loans.grounds["D01"] == {Ground.TAG, Ground.QUESTION, Ground.ANSWER, Ground.PASSAGE}


def test_what_a_question_means_is_a_ground_of_its_own() -> None:
    assert owed("Hm?", answer="Yes.", intents=frozenset({"D01"})).grounds["D01"] == {Ground.MEANING}


def test_what_another_rule_brings_has_no_ground() -> None:
    statements = owed("Hm?", answer="Yes.", tags=frozenset({"structured_product"})).grounds
    assert statements["D10"] == {Ground.TAG}
    remitted = owed("Hm?", answer="Yes.", tags=frozenset({"rmb_remittance"})).grounds
    assert remitted["D15"] == frozenset()


def test_statements_owed_by_documents_words_alone_are_counted() -> None:
    asked = owed("A loan?", answer="A loan in renminbi.")
    assert asked.by_documents_alone() == ("D15",)
    lines = list(OwingReport((asked, owed("A loan?", answer="Yes."))).lines())
    assert lines[0] == "2 answers, 3 statements: mean 1.50, p95 2"
    assert lines[1] == "owed by documents' words alone: 1 (33.3 %)"


def test_an_answer_is_shown_with_what_it_carries_and_why() -> None:
    told = "\n".join(OwingReport((owed("A loan?", answer="Yes, in renminbi."),)).to_read(1))
    assert "D01: question's words" in told
    assert "D15: answer's words" in told


def test_nothing_answered_is_no_fault() -> None:
    assert list(OwingReport(()).lines()) == ["no question was answered"]


def test_every_sample_has_questions() -> None:
    assert all(questions_of(sample) for sample in sample_folders())
