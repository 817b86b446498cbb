"""The rulebook's own examples, and what must pass every detector."""

from __future__ import annotations

import pytest

from guardrails.detectors import detectors
from guardrails.rulebook import load_rulebook
from guardrails.types import FIXED_WORDS, Action, Reason, Stage
from knowledge_bases.schema import Sector
from tests.guardrails.builders import asked

BY_NAME = {detector.name: detector for detector in detectors()}
CONDUCT = [rule for rule in load_rulebook().conduct if rule.detector]
MUST_FIRE = [
    (rule.detector, text) for rule in CONDUCT if Sector.BANKING in rule.sectors for text in rule.examples.must_fire
]
MUST_NOT_FIRE = [text for rule in CONDUCT for text in rule.examples.must_not_fire]

BY_MEANING = {"steering"}  # beside "injection" for P24; words alone, such as an example's, never make it fire
CAUTIONS = (
    Reason.HARDSHIP,
    Reason.CLAIM,
    Reason.ABROAD,
    Reason.PREMISE,
)  # answered all the same, with words before the answer

BENIGN = [
    "What is the annual fee of the gold card?",
    "存一百五十萬定期，係咪全部有保障？",
    "What is the difference between Plan A and Plan B?",
    "How long must a bank give notice before changing fees?",
    "轉數快每日上限係幾多？電話2000 0000打唔通",
    "定期存款 HK$1,000,000 12個月利率几多？",
    "Is the fee HK$ 20000000 or USD 500 per year from 1 January 2027?",
    "保证基金的保证条件是什么？",
    "點樣更改強積金基金組合？",
    "How do I switch between constituent funds?",
    "旅遊保險包唔包航班延誤？",
    "What documents do I need to make a claim?",
    "信用卡遺失點算？",
    "What is a call-back confirmation?",
    "自愿医保的等候期有多长？",
]


def test_every_detector_of_questions_and_passages_has_a_conduct_rule() -> None:
    judged = {detector.name for detector in detectors() if detector.stage is not Stage.OUTPUT}
    assert judged == {rule.detector for rule in CONDUCT} | BY_MEANING


@pytest.mark.parametrize(("name", "text"), MUST_FIRE)
def test_a_detector_fires_on_its_examples(name: str, text: str) -> None:
    assert BY_NAME[name].detect(asked(text))


@pytest.mark.parametrize("text", [*MUST_NOT_FIRE, *BENIGN])
def test_no_detector_fires_on_an_ordinary_question(text: str) -> None:
    fired = [d.name for d in detectors() if d.stage is Stage.INPUT and d.detect(asked(text))]
    assert fired == []


@pytest.mark.parametrize(("name", "text"), MUST_FIRE)
def test_findings_say_what_to_do_and_never_quote_the_customer(name: str, text: str) -> None:
    for finding in BY_NAME[name].detect(asked(text)):
        assert finding.action is not Action.ALLOW or finding.reason in (*FIXED_WORDS, *CAUTIONS)
        assert finding.detail.isupper() or finding.detail == ""
