"""What each check holds, and what it must let pass, in three written languages."""

from __future__ import annotations

import pytest

from guardrails.verification import Support, entails
from guardrails.verification.checks import checks

CARDS = "The annual fee of the Platinum Card is HK$1,800. The annual fee of the Gold Card is HK$600."
LATE = "A late payment fee of HK$350 is charged if the minimum payment is not received by the due date."
CLAIMS = (
    "Claims must be submitted within 30 days after the date of discharge. Late claims are not accepted unless we agree."
)
FPS = "FPS transfers are free except transfers to accounts outside Hong Kong. The daily limit is HK$1,000,000."
OFFER = "Only new customers aged 18 or above who deposit at least HK$50,000 by 31 May 2026 are eligible."
卡 = "白金卡年費為港幣1,800元。金卡年費為港幣600元。"
逾期 = "如在到期日前未收到最低還款額，本行會收取逾期費用港幣350元。"
索償 = "索償須於出院後30日內提交，逾期提交概不受理，除非延誤屬閣下不能控制。"
转账 = "经转数快转账免费，转账至香港以外的户口除外。每日限额为港币1,000,000元。"
优惠 = "只限年满18岁并在2026年5月31日前存入至少港币50,000元的新客户参加。"

FAITHFUL = [
    (CARDS, "You pay HK$600 a year for the Gold Card."),
    (CARDS, "The annual fee of the Platinum Card is HK$1.8k."),
    (LATE, "If the minimum payment is not received by the due date, a late payment fee of HK$350 applies."),
    (CLAIMS, "A claim has to be submitted within thirty days after discharge."),
    (CLAIMS, "Late claims aren't accepted unless we agree."),
    (FPS, "FPS transfers are free, except transfers to accounts outside Hong Kong."),
    (FPS, "The daily limit is HK$1 million."),
    (OFFER, "Only new customers who are 18 or older and deposit HK$50,000 or more by May 31, 2026 are eligible."),
    (卡, "金卡嘅年費係600蚊。"),
    (卡, "白金卡每年收費一千八百港元。"),
    (逾期, "若到期日前未收到最低還款額，銀行會徵收逾期費用350港元。"),
    (转账, "每日限额是一百万港元。"),
    ("轉數快轉賬不收費。", "轉數快轉賬免手續費。"),
    (优惠, "只有年满十八岁、在2026年5月31日前存入不少于5万港元的新客户才可参加。"),
]
ERRORS = [
    ("number", CARDS, "The annual fee of the Platinum Card is HK$1,880."),
    ("number of another", CARDS, "The annual fee of the Gold Card is HK$1,800."),
    ("number of another", 卡, "金卡年費為港幣1,800元。"),
    ("number", 转账, "每日限额为十万港元。"),
    ("currency", CARDS, "The annual fee of the Gold Card is US$600."),
    ("currency", 转账, "每日限额为人民币1,000,000元。"),
    ("period", CARDS, "The monthly fee of the Gold Card is HK$600."),
    ("period", FPS, "The monthly limit is HK$1,000,000."),
    ("period", 卡, "金卡月費為港幣600元。"),
    ("unit", CLAIMS, "Claims must be submitted within 30 months after the date of discharge."),
    ("unit", CLAIMS, "Claims must be submitted within 30 working days after the date of discharge."),
    ("unit", 索償, "索償須於出院後30個月內提交。"),
    ("date", OFFER, "Only new customers aged 18 or above who deposit at least HK$50,000 by 31 May 2027 are eligible."),
    ("date", 优惠, "只限年满18岁并在2026年6月30日前存入至少港币50,000元的新客户参加。"),
    (
        "negation",
        LATE,
        "A late payment fee of HK$350 is not charged if the minimum payment is not received by the due date.",
    ),
    ("negation", CLAIMS, "Claims need not be submitted within 30 days after the date of discharge."),
    ("negation", CLAIMS, "Late claims are accepted unless we agree."),
    ("negation", 索償, "索償無須於出院後30日內提交。"),
    ("condition", LATE, "A late payment fee of HK$350 is charged."),
    ("condition", CLAIMS, "Late claims are not accepted if we agree."),
    ("condition", FPS, "FPS transfers are free."),
    ("condition", OFFER, "New customers aged 18 or above who deposit at least HK$50,000 by 31 May 2026 are eligible."),
    ("condition", 逾期, "本行會收取逾期費用港幣350元。"),
    ("condition", 转账, "经转数快转账免费。"),
    (
        "comparison",
        OFFER,
        "Only new customers aged 18 or above who deposit at most HK$50,000 by 31 May 2026 are eligible.",
    ),
    ("comparison", CLAIMS, "Claims must be submitted within 30 days before the date of discharge."),
    ("comparison", 索償, "索償須於出院前30日內提交。"),
    ("comparison", 优惠, "只限年满18岁并在2026年5月31日前存入最多港币50,000元的新客户参加。"),
    ("entity", CARDS, "The annual fee of the Diamond Card is HK$600."),
    (
        "entity",
        OFFER,
        "Only existing customers aged 18 or above who deposit at least HK$50,000 by 31 May 2026 are eligible.",
    ),
    ("entity", CLAIMS, "Claims must be submitted within 30 days after the date of admission."),
    ("entity", 优惠, "只限年满18岁并在2026年5月31日前存入至少港币50,000元的现有客户参加。"),
]


@pytest.mark.parametrize(("evidence", "text"), FAITHFUL)
def test_a_faithful_rewording_passes(evidence: str, text: str) -> None:
    assert entails(evidence, text).why == ""


@pytest.mark.parametrize(("evidence", "text"), [(索償, "出院後三十天內須提交索償。")])
def test_what_cannot_be_told_is_held_though_it_is_true(evidence: str, text: str) -> None:
    """Not as it should be: where a person's wording is held today; docs/measurements.md says how often."""
    assert entails(evidence, text).support is not Support.SUPPORTED


@pytest.mark.parametrize(("kind", "evidence", "text"), ERRORS)
def test_one_changed_thing_is_held(kind: str, evidence: str, text: str) -> None:
    assert entails(evidence, text).support is not Support.SUPPORTED, kind


@pytest.mark.parametrize("evidence", [CARDS, LATE, CLAIMS, FPS, OFFER, 卡, 逾期, 索償, 转账, 优惠])
def test_words_beside_what_they_are_taken_from_pass(evidence: str) -> None:
    assert entails(evidence, evidence).support is Support.SUPPORTED


def test_every_file_of_the_folder_is_a_check() -> None:
    assert set(checks()) == {
        "acts",
        "bounds",
        "cases",
        "columns",
        "conditions",
        "contacts",
        "dues",
        "exchanged",
        "exclusive",
        "figures",
        "names",
        "negation",
        "opposites",
        "places",
        "polarity",
        "ranges",
        "sides",
        "swapped",
    }


def test_why_holds_no_word_of_the_sentence() -> None:
    secret = "Zanzibar"
    for _, evidence, text in ERRORS:
        assert secret not in entails(evidence, f"{text} {secret}").why


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("The annual fee of the Gold Card is HK$720.", "The Gold Card has no annual fee."),
        ("Card | Annual fee\nGold Card | HK$720", "The Gold Card has no annual fee."),
        ("金卡年費為港幣720元。", "金卡免年費。"),
        ("金卡年费为港币720元。", "金卡免年费。"),
    ],
)
def test_a_fee_that_is_stated_is_not_said_to_be_none(evidence: str, sentence: str) -> None:
    assert entails(evidence, sentence).support is Support.CONTRADICTED


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("The annual fee is waived in the first year.", "There is no annual fee in the first year."),
        ("Card | Annual fee\nGold Card | nil", "The Gold Card has no annual fee."),
        ("Transfers by FPS are not charged.", "There is no fee for FPS transfers."),
    ],
)
def test_a_fee_that_is_waived_may_be_said_to_be_none(evidence: str, sentence: str) -> None:
    assert entails(evidence, sentence).support is Support.SUPPORTED
