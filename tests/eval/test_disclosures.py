"""What ``candour eval disclosures`` counts, over sets made here."""

from __future__ import annotations

import pytest

from eval.disclosures import Ground, evaluate
from eval.guard_texts import Called, Labelled
from eval.shares import Share
from guardrails.rulebook import load_rulebook
from knowledge_bases.schema import Language

BORROW = Called("D01", Language.EN, "I want a personal loan")
MISSED = Called("D01", Language.EN, "How are you?")
NONE: frozenset[str] = frozenset()
CARD = Labelled("a", Language.EN, "What is the annual fee of a credit card?", frozenset({"D01"}), NONE)
WRONG = Labelled("b", Language.EN, "I love my car loan", NONE, NONE)


def test_recall_is_counted_by_rule_language_and_force() -> None:
    report = evaluate(Ground(load_rulebook()), [BORROW, MISSED], [], tell=True)
    assert report.recall["D01", Language.EN] == Share(1, 2)
    assert report.by_force()["FIX"] == Share(1, 2)
    assert report.missed == (MISSED,)
    assert report.by_tag.hits == report.by_tag.n > 150


def test_every_disclosure_that_fired_counts_for_precision() -> None:
    report = evaluate(Ground(load_rulebook()), [], [CARD, WRONG], tell=True)
    assert report.fired == Share(1, 2)
    assert [(rule_id, question.id) for rule_id, question in report.wrong] == [("D01", "b")]
    assert report.owed == Share(1, 1)


def test_of_the_blind_part_no_text_is_told() -> None:
    report = evaluate(Ground(load_rulebook()), [MISSED], [WRONG], tell=False)
    assert not report.missed
    assert not report.wrong
    assert MISSED.text not in "\n".join(report.lines())


@pytest.mark.parametrize(
    ("share", "low", "high"), [(Share(0, 0), 0, 1), (Share(10, 10), 0.722, 1), (Share(5, 10), 0.237, 0.763)]
)
def test_wilsons_interval(share: Share, low: float, high: float) -> None:
    assert share.interval() == pytest.approx((low, high), abs=0.001)
