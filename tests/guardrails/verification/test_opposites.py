"""A sentence that tells of one what the cited words tell of its opposite is held."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guardrails.verification import Support, entails
from tests.guardrails.verification.comparing import against

# What is cited, what is untrue of it, and what says the same in other words.
TOLD = [
    tuple(json.loads(line).values())
    for line in Path(__file__).with_name("opposites.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("evidence", "untrue", "true"), TOLD)
def test_the_opposite_is_held_and_a_rewording_passes(evidence: str, untrue: str, true: str) -> None:
    assert entails(evidence, untrue).support is not Support.SUPPORTED
    assert entails(evidence, true).support is Support.SUPPORTED


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("The sender pays our charges; the recipient pays those of the other bank.", "The recipient pays our charges."),
        ("To opt out of marketing, reply STOP. To opt in again, call us.", "To opt in to marketing, reply STOP."),
        ("定息計劃首兩年利率為3%，浮息計劃利率為最優惠利率減2%。", "浮息計劃首兩年利率為3%。"),
        ("单名账户每年可提取十二次，联名账户每年可提取六次。", "联名账户每年可提取十二次。"),
    ],
)
def test_what_is_told_of_one_side_is_not_told_of_the_other(evidence: str, sentence: str) -> None:
    assert against("opposites", evidence, sentence)


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("Employers register staff; staff may report arrears to us.", "Employees may report arrears to us."),
        ("Fixed and floating plans have a charge of 2%.", "A floating plan has a charge of 2%."),
        ("The first two transfers are free; HK$12 is charged after that.", "From the third transfer HK$12 is charged."),
        ("| | 港元 | 美元 |\n| 六個月 | 2.5% | 3.6% |", "美元六個月年利率為3.6%。"),
        ("香港境外提款收費50元；在香港提款免費。", "在香港提款不收費。"),
    ],
)
def test_what_is_told_of_both_or_in_a_table_is_left_to_the_other_checks(evidence: str, sentence: str) -> None:
    assert not against("opposites", evidence, sentence)
