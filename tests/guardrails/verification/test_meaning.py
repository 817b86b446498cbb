"""What a reader of meaning says beside words and figures: it adds to either side, and closes where it fails."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from guardrails.verification import Support, entails, judge
from guardrails.verification.judging import UNREAD
from tests.guardrails.builders import claim, stored

FEE = "The annual fee of the Gold Card is HK$1,800, waived for the first two years."
UNSURE = "You only start paying the Gold Card's HK$1,800 a year after two years."
FAR = 40.0


@dataclass
class Says:
    """A reader that always says the same."""

    said: float
    asked: list[tuple[str, str]] = field(default_factory=list)

    def doubt(self, sentence: str, evidence: str) -> float:
        self.asked.append((sentence, evidence))
        return self.said


class Fails:
    def doubt(self, sentence: str, evidence: str) -> float:
        raise RuntimeError("no model")


def test_a_sentence_that_its_words_bear_out_is_held_where_its_meaning_is_another() -> None:
    assert entails(FEE, UNSURE, Says(-FAR)).support is Support.SUPPORTED
    assert entails(FEE, UNSURE, Says(FAR)).support is not Support.SUPPORTED


def test_no_meaning_lets_out_what_a_check_is_certain_of() -> None:
    assert entails(FEE, "The annual fee of the Gold Card is HK$600.", Says(-FAR)).support is Support.CONTRADICTED


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (FEE, FEE),
        (FEE, "is waived for the first two years" * 60),
        ("轉數快轉賬不收費。", "轉數快轉賬免手續費。"),
    ],
)
def test_where_no_meaning_could_turn_the_scale_it_is_not_read(evidence: str, text: str) -> None:
    reader = Says(0.0)
    entails(evidence, text, reader)
    assert reader.asked == []


def test_a_sentence_whose_meaning_cannot_be_read_is_not_found() -> None:
    judgement = judge(claim(UNSURE, FEE), stored, Fails())
    assert (judgement.support, judgement.why) == (Support.NOT_FOUND, UNREAD)


def test_a_quotation_stands_though_no_meaning_can_be_read() -> None:
    assert judge(claim(FEE, FEE), stored, Fails()).support is Support.SUPPORTED
