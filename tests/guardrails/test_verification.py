from __future__ import annotations

import gc
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.types import Claim
from guardrails.verification import Support, entails, groundedness, judge
from tests.guardrails.builders import cited, claim, stored

FEE = "The annual fee of the Gold Card is HK$1,800, waived for the first two years."
FEE_ZH = "金卡年費為港幣1,800元，首兩年豁免。"


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


def test_whole_sentences_of_the_cited_words_are_supported_whatever_they_say() -> None:
    evidence = "Fees are not refunded, except where clause 3 applies. Call us.\n費用概不退還。"
    assert entails(evidence, "Fees are not refunded, except where clause 3 applies.").support is Support.SUPPORTED
    assert entails(evidence, "費用概不退還。").support is Support.SUPPORTED
    assert entails(evidence, "Fees are refunded.").support is not Support.SUPPORTED


@pytest.mark.parametrize(
    "text",
    [
        "La commission annuelle de la carte est de HK$1,800 pour les clients.",
        "Phí thường niên của thẻ là HK$1,800 và được miễn trong hai năm.",
        "ゴールドカードの年会費はHK$1,800です。",
        "Комиссия за карту составляет HK$1,800 в год.",
        "ค่าธรรมเนียม HK$1,800",
    ],
)
def test_neither_english_nor_chinese_is_unverified(text: str) -> None:
    assert entails(FEE, text).support is Support.NOT_FOUND


@given(st.text(), st.text())
def test_nothing_raises_and_groundedness_is_a_share(text: str, evidence: str) -> None:
    assert isinstance(entails(evidence, text).support, Support)
    assert 0.0 <= groundedness(text, evidence) <= 1.0


ODD = st.text(
    st.sampled_from(
        "0123456789.,-–—/:%$€一二三十百千万萬億點半年月日元不未如若only if not () \n。，;'aM\u00b2\u0660\U0001d7d8①"
    )
)


@given(ODD, ODD)
def test_no_run_of_digits_numerals_and_marks_raises(text: str, evidence: str) -> None:
    assert isinstance(entails(evidence, text).support, Support)


@pytest.mark.parametrize(
    "unit", ["1", "一", "a ", "不", "HK$1,000 to ", "if not ", "百万千", "1,", "(", "2026-", "one hundred and "]
)
def test_time_grows_with_length_alone(unit: str) -> None:
    def spent(size: int) -> float:
        gc.disable()  # the collector's time grows with what other tests left behind
        try:
            started = thread_time()
            entails((unit * size)[:size], "x " + (unit * size)[:1_400])
            return thread_time() - started
        finally:
            gc.enable()

    spent(200)
    assert spent(12_000) < 12 * max(spent(3_000), 0.05)


def test_a_faithful_sentence_scores_above_one_from_elsewhere() -> None:
    faithful, strange = "The Gold Card annual fee is HK$1,800.", "Lounge access is unlimited worldwide for HK$900."
    assert groundedness(faithful, FEE) > 0.7 > 0.5 > groundedness(strange, FEE)
    assert groundedness("金卡年費為1,800港元。", FEE_ZH) > groundedness("全球機場貴賓室任用。", FEE_ZH)


def test_every_citation_is_checked() -> None:
    unsound = cited("Something else.")
    both = Claim(FEE, (cited(FEE), unsound))
    assert judge(both, lambda c: None if c == unsound else c.quote).support is Support.NOT_FOUND
