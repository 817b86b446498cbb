"""A number is said of its row, its column, its unit and its range."""

from __future__ import annotations

import pytest

from guardrails.verification.reading import Reading
from guardrails.verification.rows import barred
from tests.guardrails.verification.comparing import against

LOANS = "Item | Personal Loan | Season Loan\nAmount | up to HK$900,000, 18 times pay | up to HK$500,000, 12 times pay"
TENORS = "Feature | Linked Deposit | Structured Deposit\nTenor | 1 week to 6 months | 3, 6 or 12 months"
RATES = "表1\n| 存期 | 年利率 |\n| 3個月 | 2.40% |"
AGES = "| 年齡 | 保費（港元） |\n| 40 | 3,560 |"


def test_a_number_of_another_column_is_held() -> None:
    assert against("columns", LOANS, "The Season Loan goes up to HK$500,000 and 18 times your pay.")
    assert not against("columns", LOANS, "The Season Loan goes up to HK$500,000 and 12 times your pay.")
    assert not against("columns", LOANS, "The Personal Loan is 18 times your pay, the Season Loan 12 times.")


def test_the_ends_of_a_range_stand_together() -> None:
    assert against("ranges", TENORS, "The Linked Deposit runs from 1 week to 12 months.")
    assert not against("ranges", TENORS, "The Linked Deposit runs from 1 week to 6 months.")


def test_two_numbers_that_fit_each_others_place_were_exchanged() -> None:
    evidence = "The annual fee of the Gold Card is HK$600. The annual fee of the Platinum Card is HK$1,800."
    assert against("swapped", evidence, "The Gold Card costs HK$1,800 a year. The Platinum Card costs HK$600 a year.")
    assert not against("swapped", evidence, "The Platinum Card costs HK$1,800 a year. The Gold Card costs HK$600.")


def test_comma_separated_rows_are_a_table() -> None:
    assert barred('A,B,C\n1,"HK$1,000",3') == "A | B | C\n1 | HK$1,000 | 3"
    assert barred("One, two and three.\nFour, five.") == "One, two and three.\nFour, five."


def test_rows_behind_each_other_are_lines() -> None:
    assert barred("| A | B | | 1 | 2 |") == "| A | B |\n| 1 | 2 |"


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (RATES, "港元3個月定期存款的年利率為2.40%。"),
        (AGES, "40歲的保費為3,560港元。"),
        ("僱主須由首日起供款。", "僱主要從第一天起供款。"),
    ],
)
def test_a_unit_that_the_header_or_the_word_names_is_the_numbers(evidence: str, sentence: str) -> None:
    assert not against("figures", evidence, sentence)


def test_a_small_number_of_what_is_counted_otherwise_is_held() -> None:
    assert against("figures", "連續五次輸入錯誤密碼，賬戶會被鎖定。", "連續三次輸入錯誤密碼，賬戶會被鎖定。")
    assert not against("figures", "可經分行或電話申請。", "申請途徑有兩種：分行或電話。")


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        ("The HKD account costs HK$20.", "It costs HK$20 from a Hong Kong dollar account."),
        (
            "Not charged to recipients of Comprehensive Social Security Assistance.",
            "It is free with CSSA.",
        ),
    ],
)
def test_a_currency_and_the_capitals_of_a_name_are_that_name(evidence: str, sentence: str) -> None:
    assert not against("names", evidence, sentence)


def test_what_is_told_of_a_cell_are_its_labels() -> None:
    reading = Reading(LOANS)
    cell = next(figure for figure in reading.figures if figure.said == 12)
    told = reading.around(cell.place)
    assert "season" in told
    assert not {"personal", "person"} & told.keys()
