"""The regression set holds on the rulebook that ships; a change is held against it by what it makes different."""

from __future__ import annotations

import pytest

from guardrails.regression import Asked, broken, differing, regression_set
from guardrails.rulebook import load_rulebook, rulebook_of
from tests.guardrails.builders import TODAY

RULEBOOK = load_rulebook()


@pytest.mark.parametrize("asked", regression_set(), ids=lambda asked: f"{asked.sector} {asked.question}")
def test_the_shipped_rulebook_meets_every_row(asked: Asked) -> None:
    assert broken(RULEBOOK, asked, TODAY) == set()


def test_a_rule_that_ends_is_told_by_the_questions_that_owe_it_no_more() -> None:
    ended = {**RULEBOOK.content.entries["D09"], "effective_to": "2026-01-02"}
    after = rulebook_of(RULEBOOK.content.with_entry("disclosures", "D09", ended).parts)
    found = differing(RULEBOOK, after, regression_set(), TODAY)
    assert found
    assert all(each.lost == {"D09"} == each.breaks and not each.gained for each in found)
    assert differing(RULEBOOK, RULEBOOK, regression_set(), TODAY) == ()
