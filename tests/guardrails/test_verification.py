from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.quantities import missing_quantities, quantities
from guardrails.types import Claim
from guardrails.verification import Support, entails, groundedness, judge
from tests.guardrails.builders import cited, claim, stored

FEE = "The annual fee of the Gold Card is HK$1,800, waived for the first two years."
FEE_ZH = "金卡年費為港幣1,800元，首兩年豁免。"


@pytest.mark.parametrize(
    "same",
    [
        ("HK$1.5m", "HK$1,500,000", "港幣150萬元", "一百五十萬港元", "HKD 1.5 million", "１５０萬港元"),
        ("1 January 2026", "January 1, 2026", "2026年1月1日", "2026-01-01", "2026年１月１日"),
        ("2.5%", "2.50 per cent", "百分之2.5", "2.5厘"),
        ("three months", "3 months", "三個月", "3个月"),
        ("21 calendar days", "21 days", "21個曆日", "21天"),
        ("US$230", "USD 230", "230美元"),
    ],
)
def test_one_quantity_is_written_in_many_ways(same: tuple[str, ...]) -> None:
    assert len({quantities(text) for text in same}) == 1
    assert len(quantities(same[0])) == 1


@pytest.mark.parametrize(
    ("claimed", "evidence"),
    [
        ("HK$1,800", "HK$600"),
        ("HK$230", "US$230"),
        ("30 days", "30 months"),
        ("3%", "HK$3"),
        ("1 January 2027", "1 January 2026"),
        ("HK$1.5m", "HK$1.5 billion"),
    ],
)
def test_another_value_or_unit_is_missing(claimed: str, evidence: str) -> None:
    assert list(missing_quantities(claimed, evidence))


def test_a_table_cell_takes_the_unit_of_its_header() -> None:
    table = "Card | Annual fee (HK$)\nGold | 1,800"
    assert not list(missing_quantities("HK$1,800", table))
    assert list(missing_quantities("US$1,800", table))


@given(st.integers(1, 10**9))
def test_grouping_changes_no_amount(amount: int) -> None:
    assert quantities(f"HK${amount:,}") == quantities(f"HKD {amount}")


def test_a_quotation_is_supported_whatever_it_says() -> None:
    assert judge(claim(FEE, FEE), stored).support is Support.SUPPORTED


def test_a_claim_without_citation_is_not_found() -> None:
    assert judge(Claim(FEE, ()), stored).support is Support.NOT_FOUND


def test_a_span_that_does_not_resolve_is_not_found() -> None:
    assert judge(claim(FEE, FEE), lambda citation: None).support is Support.NOT_FOUND


def test_a_quote_that_differs_from_the_store_is_contradicted() -> None:
    assert judge(claim(FEE, FEE), lambda citation: FEE + " ").support is Support.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The Gold Card annual fee is HK$1,800 and is waived for the first 2 years.", FEE),
        ("金卡嘅年費係1,800港元，首兩年豁免。", FEE_ZH),
        ("金卡年费为港币1,800元，首两年豁免。", FEE_ZH),
    ],
)
def test_a_faithful_rewording_is_supported(text: str, evidence: str) -> None:
    assert entails(evidence, text).support is Support.SUPPORTED


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("The annual fee of the Gold Card is HK$600.", FEE),
        ("金卡年費為港幣600元。", FEE_ZH),
        ("Deposits are not protected by the Scheme.", "Deposits are protected by the Scheme."),
        ("存款受存保計劃保障。", "存款不受存保計劃保障。"),
        ("The fee is waived.", "The fee is waived only if you spend HK$50,000 a year."),
    ],
)
def test_another_number_a_lost_negation_or_condition_is_contradicted(text: str, evidence: str) -> None:
    assert entails(evidence, text).support is Support.CONTRADICTED


@pytest.mark.parametrize(
    ("text", "evidence"),
    [("Lounge access is unlimited worldwide.", FEE), ("全球機場貴賓室任用。", FEE_ZH), ("金卡年費首兩年豁免。", FEE)],
)
def test_words_from_elsewhere_are_not_found(text: str, evidence: str) -> None:
    assert entails(evidence, text).support is not Support.SUPPORTED


@given(st.text(), st.text())
def test_groundedness_is_a_share(text: str, evidence: str) -> None:
    assert 0.0 <= groundedness(text, evidence) <= 1.0
    assert groundedness(text, text) == 1.0


def test_every_citation_is_checked() -> None:
    unsound = cited("Something else.")
    both = Claim(FEE, (cited(FEE), unsound))
    assert judge(both, lambda c: None if c == unsound else c.quote).support is Support.NOT_FOUND
