"""A place in a list chooses of what was asked, and of what was shown; a name alone chooses of what was asked."""

from __future__ import annotations

import pytest

from app.answering.choices import as_chosen, in_full
from app.answering.types import AskedBack, Question

ABOUT = "What is the monthly fee of an account?"
NAMES = ("Plus Account", "Premier Account", "Dollar Account")


def said(text: str, *, listed: bool) -> Question:
    return Question("bank", text, history=("Hello", ABOUT), asked_back=AskedBack(ABOUT, NAMES, listed), whole="")


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("text", ["the second one", "第二个", "2"])
def test_a_place_in_a_list_is_a_choice(text: str, listed: bool) -> None:
    read = as_chosen(said(text, listed=listed))
    assert (read.text, read.history) == (f"{ABOUT} Premier Account", ("Hello",))


def test_a_name_alone_is_a_choice_only_where_it_was_asked_for() -> None:
    assert as_chosen(said("premier", listed=False)).text == f"{ABOUT} Premier Account"
    asked = said("premier", listed=True)
    assert as_chosen(asked) is asked


def test_all_of_what_was_shown_is_no_choice() -> None:
    asked = said("all of them", listed=True)
    assert in_full(asked) is asked


def test_a_follow_up_put_whole_is_looked_up_without_what_was_said_before() -> None:
    asked = Question("bank", "and premier?", history=(ABOUT,), whole="monthly fee of premier?")
    assert (as_chosen(asked).text, as_chosen(asked).history) == ("monthly fee of premier?", (ABOUT,))
    assert (in_full(asked).text, in_full(asked).history) == ("monthly fee of premier?", ())
