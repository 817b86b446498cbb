from __future__ import annotations

from collections.abc import Iterator

import pytest

from guardrails.guard import guard_output
from guardrails.rails.engine import Rails
from guardrails.rulebook import Rulebook
from guardrails.types import Action, Reason
from tests.guardrails.builders import occasion

PASSAGE = "The annual fee of the Gold Card is HK$1,800."


@pytest.fixture(scope="module")
def rails(rulebook: Rulebook) -> Iterator[Rails]:
    built = Rails(rulebook)
    yield built
    built.close()


async def test_a_supported_text_comes_back_with_the_statements_it_owes(rails: Rails, rulebook: Rulebook) -> None:
    guarded = await guard_output(rails, rulebook, occasion("Fee?", answer=PASSAGE), [PASSAGE])
    assert guarded.verdict.action is Action.REWRITE
    assert [d.rule_id for d in guarded.disclosures] == ["D01"]
    assert guarded.verdict.text.endswith("Borrow only if you can repay!")


async def test_a_number_that_no_passage_states_is_held(rails: Rails, rulebook: Rulebook) -> None:
    text = "The annual fee of the Gold Card is HK$600."
    guarded = await guard_output(rails, rulebook, occasion("Fee?", answer=text), [PASSAGE])
    assert (guarded.verdict.action, guarded.verdict.reason) == (Action.HOLD, Reason.UNVERIFIED)


async def test_without_passages_nothing_is_supported(rails: Rails, rulebook: Rulebook) -> None:
    guarded = await guard_output(rails, rulebook, occasion("Fee?", answer=PASSAGE), [])
    assert guarded.verdict.action is Action.HOLD


async def test_a_statement_that_cannot_be_written_holds(rails: Rails, rulebook: Rulebook) -> None:
    text = "The time deposit rate is 3%."
    guarded = await guard_output(rails, rulebook, occasion("Rate?", answer=text), [text])
    assert (guarded.verdict.action, guarded.verdict.reason) == (Action.HOLD, Reason.DISCLOSURE)
