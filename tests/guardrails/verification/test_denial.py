"""A clause denies what its evidence denies, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.verification.clauses import likenesses
from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading
from tests.guardrails.verification.comparing import against

THEFT = "4.3 Theft while the home is let is not covered. Theft by a guest is covered."
REVIEW = "你可於收到回覆後30日內要求覆核。覆核不收費用。"
CLAUSES = [
    "the fee is charged at the counter",
    "a refund is not paid to another card",
    "transfers between own accounts are free",
    "個人賬戶不可與其他賬戶整合",
    "每次轉賬收取手續費",
]


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (THEFT, "Theft while the home is let is covered."),
        (REVIEW, "覆核須收取費用。"),
        ("TVC賬戶不可與個人賬戶整合。", "TVC賬戶可與個人賬戶整合。"),
        ("Remittances to third parties are not accepted.", "Remittances to third parties are accepted."),
        ("Late claims are not accepted unless we agree.", "Late claims are not accepted if we agree."),
    ],
)
def test_a_clause_that_takes_the_other_side_is_held(evidence: str, sentence: str) -> None:
    assert against("polarity", evidence, sentence)


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (THEFT, "Theft while the home is let is not covered."),
        (REVIEW, "覆核是免費的。"),
        ("We neither use nor pay agents.", "We do not use or pay agents."),
        ("The penalty is waived for members.", "Members do not pay the penalty."),
        ("Customers are charged no fee.", "Customers are not charged a fee."),
        ("完成問卷前不能購買基金。", "未完成問卷前不能買基金。"),
        ("違約利息不應超過6個百分點。", "違約利息最多為6個百分點。"),
    ],
)
def test_one_that_denies_the_same_in_other_words_is_not(evidence: str, sentence: str) -> None:
    assert not against("polarity", evidence, sentence)


def test_what_an_exception_leaves_out_may_not_be_taken_in() -> None:
    found = likenesses(Comparison(Reading("開戶後首三個月亦須繳付。"), Reading("每月收費50元，開戶後首三個月除外。")))
    assert [one.turned for one in found] == [True]


def test_the_yes_or_no_that_a_sentence_begins_with_denies_none_of_its_words() -> None:
    assert Reading("No. The charge runs from the first day.").opener == "no"
    assert not Reading("不用，存款已獲保障。").marks[0].sense.negates
    assert Reading("No.").opener == ""


def test_besides_is_no_exception() -> None:
    kinds = {mark.sense.condition for mark in Reading("對話紀錄除了由本行保存之外，也會用作訓練。").marks}
    assert "but" not in kinds
    assert "but" in {mark.sense.condition for mark in Reading("除公眾假期外，每日處理。").marks}


@given(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=4, unique=True), st.randoms())
def test_clauses_in_any_order_deny_what_they_denied(clauses: list[str], random: object) -> None:
    evidence = ". ".join(clauses)
    random.shuffle(clauses)  # type: ignore[attr-defined]
    assert not against("polarity", evidence, ". ".join(clauses))
