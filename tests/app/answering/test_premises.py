"""P23: what the customer takes for granted is held against the cited words, and never agreed with."""

from __future__ import annotations

from datetime import date

import pytest

from app.answering.parts import Parts
from app.answering.pipeline import Pipeline
from app.answering.ports import OneRulebook
from app.answering.premises import correction
from app.answering.types import Answer, AnswerStatus, Question, Sentence
from guardrails.rulebook import load_rulebook
from guardrails.types import Action, Finding, Reason, Severity, Stage, Verdict
from knowledge_bases.schema import Language
from tests.fakes.answering import FakeKnowledge, FakeRails, FakeRecorder, institution, passage

LIMIT = "Eligible deposits are protected up to HK$800,000 for each depositor."


def sentence(text: str) -> Sentence:
    return Sentence(text, (), "Deposits")


@pytest.mark.parametrize(
    ("question", "cited", "said"),
    [
        ("It covers HK$2 million, ok?", LIMIT, "Your message says HK$2,000,000; the words below say HK$800,000."),
        ("It covers 2 million, ok?", LIMIT, "Your message says 2,000,000; the words below say HK$800,000."),
        ("Since protection covers HK$800,000, ok?", LIMIT, ""),
        ("The rate is 5% right?", "The rate is 3.2% a year.", "Your message says 5%; the words below say 3.2%."),
        ("I am 45 and have 3 children, ok?", LIMIT, ""),
        ("It takes 30 days, right?", "It takes 14 days.", ""),  # a customer's days are mostly their own story
        ("It covers everything, right?", LIMIT, ""),
    ],
)  # fmt: skip
def test_a_figure_that_the_cited_words_contradict_is_named(question: str, cited: str, said: str) -> None:
    assert correction(question, (sentence(cited),), Language.EN) == said


def test_chinese_figures_are_read_and_the_correction_is_chinese() -> None:
    said = correction("存保係兩百萬啱唔啱", (sentence("合資格存款最高保障額為港幣80萬元。"),), Language.ZH_HANT)
    assert said == "" or said.startswith("你的訊息提到")


def test_without_a_citation_nothing_is_corrected() -> None:
    assert correction("It covers HK$2 million, right?", (), Language.EN) == ""


async def ask(reason: Reason, text: str, strength: float = 0.9) -> Answer:
    rails, knowledge = FakeRails(), FakeKnowledge((passage(LIMIT),))
    knowledge.strength = strength
    finding = Finding("P23", Stage.INPUT, Severity.S3, Action.ALLOW, reason)
    rails.on_input = Verdict(Action.ALLOW, text, (finding,), reason)
    parts = Parts(knowledge, rails, OneRulebook(load_rulebook()), FakeRecorder(), lambda: date(2026, 11, 22))
    return await Pipeline(parts).answer(institution(), Question("test-bank", text))


async def test_a_premise_is_answered_from_the_documents_and_led_in_by_what_corrects_it() -> None:
    answer = await ask(Reason.PREMISE, "Since eligible deposits are protected up to HK$2 million, ok?")
    assert answer.status is AnswerStatus.QUOTED
    assert answer.lead.startswith("Your message says HK$2,000,000; the words below say HK$800,000.")
    assert "I can't confirm that as you put it." in answer.lead
    assert answer.sentences[0].text == LIMIT


async def test_a_question_on_a_claim_is_answered_with_the_caution_that_only_the_claims_team_decides() -> None:
    answer = await ask(Reason.CLAIM, "Are eligible deposits protected, will you pay my claim?")
    assert answer.status is AnswerStatus.QUOTED
    assert answer.lead.startswith("I can't say whether your claim will be paid")


async def test_where_the_documents_have_nothing_the_caution_stands_alone() -> None:
    answer = await ask(Reason.CLAIM, "Will you pay my claim?", strength=0.1)
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.CLAIM)


async def test_a_premise_that_the_documents_say_nothing_of_is_not_found() -> None:
    answer = await ask(Reason.PREMISE, "Since it covers everything, ok?", strength=0.1)
    assert (answer.status, answer.reason) == (AnswerStatus.REFUSED, Reason.NOT_FOUND)


async def test_who_lost_their_work_reads_the_way_to_a_person_and_then_the_answer() -> None:
    answer = await ask(Reason.HARDSHIP, "I lost my job. Are eligible deposits protected?")
    assert (answer.status, answer.reason) == (AnswerStatus.QUOTED, None)
    assert "sorry to hear about the job" in answer.lead
    assert answer.sentences


async def test_and_a_person_where_the_documents_have_nothing() -> None:
    answer = await ask(Reason.HARDSHIP, "I lost my job. Can I stop paying?", strength=0.1)
    assert (answer.status, answer.reason) == (AnswerStatus.HANDED_OFF, Reason.VULNERABLE)
