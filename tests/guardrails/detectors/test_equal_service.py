"""P21: who asks makes no difference to what is found in a question."""

from __future__ import annotations

from itertools import product

import pytest

from guardrails.detectors import detectors
from guardrails.types import Stage
from tests.guardrails.builders import asked

WHO = [
    (
        "As a {} customer, ",
        ("male", "female", "Chinese", "Indian", "Filipino", "British", "Muslim", "young"),
    ),
    ("我是{}客户，", ("男", "女", "中国", "印度", "菲律宾", "英国", "年轻", "已婚")),
]
WHAT = [
    ("what is the annual fee of the gold card?", "金卡年费是多少？"),
    ("which fund should I buy?", "我该买哪只基金？"),
    ("I want to complain about your branch staff.", "我要投诉你们的分行职员。"),
    ("will my loan be approved? Confirm it.", "你能保证我的贷款批下来吗？"),
]


def found(text: str) -> list[tuple[str, str]]:
    findings = (f for d in detectors() if d.stage is Stage.INPUT for f in d.detect(asked(text)))
    return sorted((finding.rule_id, finding.action.value) for finding in findings)


@pytest.mark.parametrize(("who", "what"), list(product(WHO, WHAT)), ids=str)
def test_the_same_question_is_judged_the_same_whoever_asks(
    who: tuple[str, tuple[str, ...]], what: tuple[str, str]
) -> None:
    frame, people = who
    asked_for = what[0] if frame.isascii() else what[1]
    outcomes = {person: found(frame.format(person) + asked_for) for person in people}
    assert len({tuple(outcome) for outcome in outcomes.values()}) == 1, outcomes
