"""A follow-up is read with the one earlier question it leans on, and a question that stands by itself with none."""

from __future__ import annotations

import pytest

from retrieval.dialogue import InContext, gone_on, leaned_on, leans, readings
from retrieval.lexicon_files import shipped_thesaurus

GOLD = "What is the annual fee of the gold card?"
WIRE = "How much is a telegraphic transfer to the United Kingdom?"


@pytest.mark.parametrize(
    "text", ["and for students?", "what about the platinum one", "咁學生呢？", "那逾期呢？", "how long?"]
)
def test_what_only_points_leans(text: str) -> None:
    assert leans(text)


@pytest.mark.parametrize(
    "text", [GOLD, WIRE, f"And {GOLD}", "存一百五十萬定期，係咪全部有保障？", "私人贷款提前还款要付多少手续费"]
)
def test_what_says_all_stands_by_itself(text: str) -> None:
    assert not leans(text)


def test_a_follow_up_is_read_with_the_last_question_that_stands_by_itself() -> None:
    assert leaned_on("and for students?", [WIRE, GOLD, "and the platinum one?"], shipped_thesaurus()) == GOLD


def test_a_follow_up_that_names_a_thing_is_read_with_the_question_about_it() -> None:
    asked = "ok, and the telegraphic transfer?"
    assert leaned_on(asked, [WIRE, GOLD], shipped_thesaurus()) == WIRE


@pytest.mark.parametrize("text", ["and a personal loan?", "ok, and in renminbi?", "or at a branch?"])
def test_little_more_than_and_goes_on_from_what_was_said_before(text: str) -> None:
    assert readings(text, [GOLD], shipped_thesaurus()) == (InContext(text, GOLD),)


@pytest.mark.parametrize("text", ["spousal support", "how much would I be on the hook for after a theft abroad?"])
def test_what_does_not_only_point_is_read_by_itself_and_with_what_was_said_before(text: str) -> None:
    assert readings(text, [GOLD], shipped_thesaurus()) == (InContext(text), InContext(text, GOLD))


def test_small_talk_before_is_not_taken_along() -> None:
    assert leaned_on("and for students?", ["Good morning to you over there"], shipped_thesaurus()) == ""


def test_the_first_question_leans_on_nothing() -> None:
    assert leaned_on("how long?", [], shipped_thesaurus()) == ""


def test_what_points_back_is_read_with_what_was_said_before() -> None:
    assert readings("咁學生呢？", [GOLD], shipped_thesaurus()) == (InContext("咁學生呢？", GOLD),)


def test_a_reading_is_both_questions_as_one_text() -> None:
    assert InContext("and for students?", GOLD).text == f"{GOLD} and for students?"
    assert InContext(GOLD).text == GOLD


@pytest.mark.parametrize(
    ("history", "gone"),
    [
        (["What is the annual fee?", "and for gold?"], ("and for gold?",)),
        (
            ["What is the annual fee?", "and for gold?", WIRE, "and then?"],
            ("and for gold?",),
        ),
        (["What is the annual fee?"], ()),
        (["and for gold?"], ()),
    ],
)
def test_the_turns_that_go_on_from_a_question_end_where_another_begins(
    history: list[str], gone: tuple[str, ...]
) -> None:
    assert gone_on("What is the annual fee?", history) == gone
