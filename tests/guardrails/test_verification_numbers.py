from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.numerals import in_digits
from guardrails.quantities import missing_quantities, quantities


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


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("兩千三", "2300"),
        ("一萬零三", "10003"),
        ("1萬5千", "15000"),
        ("廿五日", "25日"),
        ("三分二", "66.6667%"),
        ("百分之二點五", "2.5%"),
        ("三成半", "35%"),
        ("一年半", "18个月"),
        ("壹佰萬", "1000000"),
        ("二〇二六年", "2026年"),
        ("one hundred and fifty thousand", "150000"),
        ("two-thirds of", "66.6667% of"),
        ("two and a half years", "2.5 years"),
        ("half a year", "6 months"),
    ],
)
def test_a_number_in_words_is_read_as_its_digits(written: str, digits: str) -> None:
    assert in_digits(written) == digits


@pytest.mark.parametrize(
    "words", ["一般情况", "万一", "千万不要", "十分重要", "星期一至五", "一次性密码", "no one of them"]
)
def test_a_numeral_inside_a_word_is_no_number(words: str) -> None:
    assert in_digits(words) == words
    assert quantities(words) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("-2%", [("-2", "percent")]),
        ("HK$-500", [("-500", "HKD")]),
        ("負2%", [("-2", "percent")]),
        ("1-3%", [("1", "percent"), ("3", "percent")]),
        ("HK$1,000 to 5,000", [("1000", "HKD"), ("5000", "HKD")]),
        ("25 basis points", [("0.25", "percent")]),
        ("HK$500¹", [("500", "HKD")]),
        ("31 December", [("1231", "date")]),
        ("12月31日", [("1231", "date")]),
        ("from March 1, 2026", [("20260301", "date")]),
        ("2026年", [("20260000", "date")]),
        ("9:00 a.m.", [("540", "time")]),
        ("下午5時半", [("1050", "time")]),
        ("HK$20,000 HK$50,000", [("20000", "HKD"), ("50000", "HKD")]),
        ("100元200元", [("100", "money"), ("200", "money")]),
        ("3個月", [("3", "month")]),
        ("S$5", [("5", "SGD")]),
    ],
)
def test_a_quantity_is_read_with_its_sign_its_unit_and_its_neighbours(text: str, said: list[tuple[str, str]]) -> None:
    assert [(f"{one.value:f}", one.unit) for one in quantities(text)] == said


@given(st.integers(1, 99_999_999))
def test_a_chinese_numeral_is_the_number_it_spells(number: int) -> None:
    assert quantities(f"港幣{spelt(number)}元") == quantities(f"HK${number}")


def spelt(number: int) -> str:
    """As it is read out; 10 is 一十."""
    if number >= 10_000:
        head, rest = divmod(number, 10_000)
        return spelt(head) + "萬" + ("零" if 0 < rest < 1000 else "") + (spelt(rest) if rest else "")
    text, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return text


@given(st.text())
def test_any_text_has_quantities_or_none(text: str) -> None:
    assert isinstance(quantities(text), tuple)
