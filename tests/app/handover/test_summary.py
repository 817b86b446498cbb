"""The summary says in the conversation's own words what was asked, answered, refused and disclosed."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from app.answering.types import Answer, AnswerStatus
from app.conversations.types import Message, MessageRole
from app.handover.summary import EMPTY, MOST_CHARACTERS, MOST_LINES, Entry, shortened, summarise
from guardrails.types import Reason
from knowledge_bases.schema import Language
from tests.fakes.assistant import a_refusal, a_row_answer

NUMBERS = count(1)
FEE, BUY, WAIVE = "What is the annual fee?", "Which fund should I buy?", "May I have it waived?"


def said(role: MessageRole, text: str, answer: Answer | None = None) -> Entry:
    number = next(NUMBERS)
    return Entry(Message(f"m-{number}", number, role, text, None, datetime.now(UTC)), answer)


def asked(text: str) -> Entry:
    return said(MessageRole.CUSTOMER, text)


def answered(answer: Answer) -> Entry:
    return said(MessageRole.ASSISTANT, answer.text, answer)


def handed_over() -> Entry:
    words = "A person will help you."
    answer = Answer("a-h", AnswerStatus.HANDED_OFF, Reason.HUMAN_WANTED, Language.EN, words, words)
    return answered(answer)


def test_a_conversation_in_a_few_lines() -> None:
    talk = [asked(FEE), answered(a_row_answer()), asked(BUY), answered(a_refusal()), handed_over(), asked(WAIVE)]
    summary = summarise(talk)
    (fee,) = summary.answered
    assert (fee.question, fee.answer.sentences[0].title) == (FEE, "Credit Card Fees and Charges")
    assert "HK$600" in fee.quote
    (buy,) = summary.unanswered
    assert (buy.question, buy.answer.reason, buy.quote) == (BUY, Reason.ADVICE, "")
    assert [statement.rule_id for statement in summary.disclosed] == ["D09"]
    assert summary.wants == (BUY, WAIVE)


def test_what_a_person_answered_is_no_longer_wanted() -> None:
    assert summarise([asked(WAIVE), said(MessageRole.STAFF, "Yes.")]).wants == ()


def test_what_is_said_in_the_products_name_answers_nothing() -> None:
    assert summarise([asked(WAIVE), said(MessageRole.NOTICE, "You are next.")]).wants == (WAIVE,)


def test_a_statement_given_twice_stands_once() -> None:
    assert len(summarise([answered(a_row_answer()), answered(a_row_answer())]).disclosed) == 1


def test_of_nothing_there_is_nothing() -> None:
    assert summarise([]) == EMPTY


@given(texts=st.lists(st.text(min_size=1, max_size=400), max_size=20))
def test_it_is_short_whatever_was_written(texts: list[str]) -> None:
    summary = summarise([each for text in texts for each in (asked(text), answered(a_refusal()))])
    assert len(summary.wants) <= MOST_LINES
    assert len(summary.unanswered) <= MOST_LINES
    assert all(len(words) <= MOST_CHARACTERS + 1 for words in summary.wants)


def test_only_what_is_long_is_cut() -> None:
    assert shortened("  a\nb ") == "a b"
    assert shortened("a" * 200) == "a" * MOST_CHARACTERS + "…"
