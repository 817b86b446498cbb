from __future__ import annotations

from threading import Event

import pytest

from guardrails.verification import Judgement, SecondJudge, Support, judge
from tests.guardrails.builders import claim, stored

FEE = "The annual fee of the Gold Card is HK$1,800, waived for the first two years."
REWORDED = claim("The Gold Card annual fee is HK$1,800 and is waived for the first 2 years.", FEE)


class Fake:
    """A judge that says one thing, and remembers that it was asked."""

    def __init__(self, says: object) -> None:
        self.says, self.asked = says, 0

    def support(self, evidence: str, sentence: str) -> Support:
        self.asked += 1
        if isinstance(self.says, Exception):
            raise self.says
        return self.says  # type: ignore[return-value]


class Hanging:
    """A judge that answers no more."""

    def __init__(self) -> None:
        self.released = Event()

    def support(self, evidence: str, sentence: str) -> Support:
        self.released.wait(10)
        return Support.SUPPORTED


def test_nobody_else_is_asked_by_default() -> None:
    assert judge(REWORDED, stored).support is Support.SUPPORTED


def test_agreement_passes() -> None:
    assert judge(REWORDED, stored, SecondJudge(Fake(Support.SUPPORTED))) == Judgement(Support.SUPPORTED)


@pytest.mark.parametrize("says", [Support.CONTRADICTED, Support.NOT_FOUND])
def test_disagreement_holds(says: Support) -> None:
    assert judge(REWORDED, stored, SecondJudge(Fake(says))) == Judgement(says, "the second judge disagrees")


@pytest.mark.parametrize("says", ["supported", True, None, 1, RuntimeError("no model"), TimeoutError()])
def test_failure_or_nonsense_holds(says: object) -> None:
    assert judge(REWORDED, stored, SecondJudge(Fake(says))).support is Support.NOT_FOUND


def test_a_judge_that_hangs_holds_and_does_not_hang_the_next() -> None:
    hanging = Hanging()
    second = SecondJudge(hanging, timeout_s=0.02)
    try:
        for _ in range(8):
            assert judge(REWORDED, stored, second).why == "the second judge took too long"
    finally:
        hanging.released.set()


def test_it_is_not_asked_of_what_the_checks_refuse_nor_of_quotations() -> None:
    fake = Fake(Support.SUPPORTED)
    assert judge(claim("The annual fee of the Gold Card is HK$600.", FEE), stored, SecondJudge(fake)).why
    assert judge(claim(FEE, FEE), stored, SecondJudge(fake)).support is Support.SUPPORTED
    assert fake.asked == 0
