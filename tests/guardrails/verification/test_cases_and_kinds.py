"""In which cases something holds, and which of several things that exclude each other it is."""

from __future__ import annotations

import pytest

from tests.guardrails.verification.comparing import against

OFFERING = "The fee is charged whether or not shares are allotted."
RETURN = "A return of the money is possible only if the payee agrees."


def test_what_holds_in_any_case_is_not_tied_to_one() -> None:
    assert against("cases", OFFERING, "You pay the fee only when shares are allotted.")
    assert not against("cases", OFFERING, "You pay the fee even if no shares are allotted.")


def test_what_depends_on_a_case_is_not_freed_of_it() -> None:
    assert against("cases", RETURN, "A return of the money is possible whether or not the payee agrees.")
    assert not against("cases", RETURN, "The money is returned only if the payee agrees.")


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("索償須於出院後90日內提交。", "索償須於入院後90日內提交。"),
        ("The money is returned on the same day.", "The money is returned on the next business day."),
        ("Apply at a branch.", "Apply by phone."),
    ],
)
def test_another_of_its_kind_is_held(evidence: str, sentence: str) -> None:
    assert against("exclusive", evidence, sentence)


def test_one_of_those_that_are_named_passes() -> None:
    assert not against("exclusive", "Apply at a branch or by phone.", "You can apply by phone.")
