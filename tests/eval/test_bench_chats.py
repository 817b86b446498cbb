"""What the bench of chats says of a load: which answers were the model's, and which chats read none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.answers import Case
from eval.bench_chats import Load, load_of
from eval.chats import Cycle, worded
from eval.known import Known, known_questions
from eval.model_server import Event
from knowledge_bases.schema import Language

SENTENCE = "The annual fee is HK$ 300."


def read(question: str, at: float) -> Cycle:
    """A question whose answer grew by a sentence of the model."""
    return Cycle(question, at, pieces=[(at + 1.25, SENTENCE)])


def refused(question: str, at: float) -> Cycle:
    return Cycle(question, at, said=["I can't recommend products."])


def at_model(question: str, at: float) -> list[Event]:
    return [Event(at + 0.5, "asked", 1, question, ""), Event(at + 1.0, "said", 1, question, SENTENCE)]


def load(*by_chat: list[Cycle], events: list[Event]) -> Load:
    return load_of(len(by_chat), by_chat, events, dropped=0, processor_s=1.0)


def test_a_gap_is_from_said_to_shown() -> None:
    found = load([read("fee", 10.0)], events=at_model("fee", 10.0))
    assert (found.gaps_ms, found.lost, found.unasked, found.unread) == ((250.0,), (), (), ())


def test_a_sentence_is_known_again_among_marks_of_markdown() -> None:
    marked = Cycle("fee", 10.0, pieces=[(11.2, r"`AI` From the documents\:" + "\n\n" + r"The annual fee is HK$ 300\.")])
    assert [round(gap) for gap in load([marked], events=at_model("fee", 10.0)).gaps_ms] == [200]


def test_a_load_breaks_where_a_socket_drops_or_a_sentence_takes_a_second() -> None:
    good = load([read("fee", 10.0)], events=at_model("fee", 10.0))
    assert not good.is_broken
    assert replace(good, dropped=1).is_broken
    assert replace(good, gaps_ms=(1500.0,) * 100).is_broken
    assert replace(good, gaps_ms=()).is_broken


def test_what_the_model_said_and_nobody_read_is_lost() -> None:
    found = load([refused("fee", 10.0)], events=at_model("fee", 10.0))
    assert (found.gaps_ms, found.lost, found.unasked) == ((), (SENTENCE,), ())


def test_an_answer_for_which_the_model_was_not_asked_is_counted_apart_with_what_was_said() -> None:
    found = load([read("fee", 10.0), refused("Hi, fee", 20.0)], events=at_model("fee", 10.0))
    assert found.unasked == (("Hi, fee", "I can't recommend products."),)
    assert found.unread == ()


def test_an_earlier_answer_to_the_same_words_is_not_taken_for_this_one() -> None:
    found = load([read("fee", 10.0), refused("fee", 50.0)], events=at_model("fee", 10.0))
    assert [question for question, _ in found.unasked] == ["fee"]


def test_a_chat_that_never_read_the_model_is_named() -> None:
    chats = ([read("fee", 10.0)], [refused("rate", 10.0), refused("Hi, rate", 20.0)])
    found = load(*chats, events=at_model("fee", 10.0))
    assert found.unread == ("rate",)
    assert any("NO ANSWER OF THIS CHAT" in line for line in found.lines())


@pytest.mark.parametrize(
    "known", [known_questions()[0], Known("harbour-bank", Case("2", Language.ZH_HANT, "年費？", True, ()))]
)
def test_no_two_questions_of_a_chat_in_turn_are_the_same(known: Known) -> None:
    questions = {worded(known, 3, turn) for turn in range(64)}
    assert len(questions) == 64
    assert all(known.case.question in each for each in questions)
