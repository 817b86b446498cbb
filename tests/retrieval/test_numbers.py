from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.numerals import chinese_value, plain
from retrieval.tokens import terms


def number_of(text: str) -> list[str]:
    return [term for term in terms(text) if term[0] in "#@$"]


@pytest.mark.parametrize(
    "text", ["HK$1.5m", "HK$1,500,000", "HKD 1.5 million", "150萬港元", "一百五十萬港元", "港幣150万", "百五萬港紙"]
)
def test_one_amount_has_one_form_in_every_script(text: str) -> None:
    assert set(number_of(text)) == {"$hkd", "#1500000"}


@pytest.mark.parametrize("text", ["5%", "5 per cent", "5.00 percent", "百分之五", "5厘", "五厘"])
def test_one_percentage_has_one_form(text: str) -> None:
    assert number_of(text) == ["#5%"]


@pytest.mark.parametrize(
    "text",
    [
        *("3.5%", "3.5 percentage points", "350 basis points", "350bps", "three and a half per cent"),
        *(
            "百分之三點五",
            "百份之3.5",
            "三厘半",
            "3厘半",
            "三點五厘",
            "三厘五",
            "3.5厘",
            "三個半巴仙",
            "3.5巴仙",
            "3.5個百分點",
        ),
    ],
)
def test_one_rate_has_one_form_however_it_is_said(text: str) -> None:
    assert number_of(text) == ["#3.5%"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("四厘二五", "#4.25%"), ("半厘", "#0.5%"), ("九成按揭", "#90%"), ("三成半", "#35%"), ("十巴仙", "#10%")],
)
def test_rates_are_read_as_hong_kong_says_them(text: str, number: str) -> None:
    assert number_of(text) == [number]


def test_what_follows_a_rate_is_no_part_of_it() -> None:
    assert number_of("三厘一年") == ["#3%", "#1"]
    assert number_of("3厘2年期") == ["#3%", "#2"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("half a million", "#500000"),
        ("a million", "#1000000"),
        ("one and a half million", "#1500000"),
        ("fifty thousand", "#50000"),
        ("one hundred and fifty thousand", "#150000"),
        ("twenty-five per cent", "#25%"),
        ("1.5 mil", "#1500000"),
        ("一點五百萬", "#1500000"),
        ("廿五", "#25"),
        ("卅日", "#30"),
    ],
)
def test_amounts_in_words_are_one_number(text: str, number: str) -> None:
    assert number_of(text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "2024-10-01",
        "1 October 2024",
        "1st Oct 2024",
        "October 1, 2024",
        "01/10/2024",
        "1/10/24",
        "1-10-2024",
        "1.10.2024",
        "2024/10/01",
        "2024年10月1日",
        "二零二四年十月一日",
    ],
)
def test_one_day_has_one_form_and_its_year_beside_it(text: str) -> None:
    assert number_of(text) == ["@2024-10-01", "#2024"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("21 days", "#21"), ("二十一日", "#21"), ("thirty days", "#30"), ("三個月", "#3"), ("50k", "#50000")],
)
def test_counts_are_read(text: str, number: str) -> None:
    assert number in terms(text)


@pytest.mark.parametrize(
    "text",
    ["一般", "萬一", "十分", "千萬不要", "第三者", "統一", "一成不變", "成立", "half a day", "one of a few", "半個月"],
)
def test_words_that_only_look_like_numbers_are_words(text: str) -> None:
    assert number_of(text) == []


def test_metres_are_not_millions() -> None:
    assert number_of("100m from the branch") == ["#100"]


def test_millimetres_are_no_rate() -> None:
    assert number_of("三厘米") == ["#3"]


def test_a_clauses_number_is_no_date() -> None:
    assert not any(term.startswith("@") for term in terms("3.1.12 and 24/7"))


def test_a_day_that_no_calendar_has_is_no_date() -> None:
    assert not any(term.startswith("@") for term in terms("2024-13-45"))


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一万二", 12000),
        ("三千五", 3500),
        ("一万零五百", 10500),
        ("两亿三千万", 230_000_000),
        ("三万亿", 3 * 10**12),
        ("十五", 15),
        ("二〇二四", 2024),
    ],
)
def test_chinese_numerals(numeral: str, value: int) -> None:
    assert chinese_value(numeral) == value


@given(st.decimals(min_value=0, max_value=10**12, places=4))
def test_the_normal_form_is_exact_and_the_only_one(value: Decimal) -> None:
    assert Decimal(plain(value)) == value
    assert plain(value) == plain(value * 1 + Decimal("0.0000"))


@given(st.integers(min_value=0, max_value=10**12))
def test_thousands_separators_change_nothing(value: int) -> None:
    assert terms(f"HK${value:,}") == terms(f"HK${value}")
