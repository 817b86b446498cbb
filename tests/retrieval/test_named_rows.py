"""Of a table of products, the rows of the one that a question names."""

from __future__ import annotations

import pytest

from retrieval.named_rows import each_named, of_the_named
from retrieval.ranking import CELL
from tests.retrieval.test_alternatives import quotes

ENGLISH = (
    "Harbour Platinum Card | HK$2,000",
    "Harbour Gold Card* | HK$880",
    "Harbour USD Gold Card | US$120",
    "Harbour Green Card | Nil",
)
CHINESE = ("海港白金卡 | HK$2,000", "海港金卡* | HK$880", "海港美元金卡 | US$120", "海港綠卡 | 豁免")


def left(question: str, header: str, rows: tuple[str, ...]) -> list[str]:
    """The names of the rows that ``question`` leaves."""
    found = of_the_named(question, quotes(header, rows, question))
    return [quote.quotable.focus.partition(CELL)[0].rstrip("*") for quote in found]


@pytest.mark.parametrize(
    ("question", "header", "rows", "name"),
    [
        ("What is the annual fee of the gold card?", "Card | Annual fee", ENGLISH, "Harbour Gold Card"),
        ("annual fee of the USD gold card", "Card | Annual fee", ENGLISH, "Harbour USD Gold Card"),
        ("金卡年費係幾多？", "信用卡 | 年費", CHINESE, "海港金卡"),
        ("白金卡年費係幾多？", "信用卡 | 年費", CHINESE, "海港白金卡"),
        ("美元金卡年费是多少？", "信用卡 | 年費", CHINESE, "海港美元金卡"),
    ],
)
def test_rows_of_other_products_than_the_one_that_is_named_do_not_follow(
    question: str, header: str, rows: tuple[str, ...], name: str
) -> None:
    assert left(question, header, rows) == [name]


@pytest.mark.parametrize(
    ("question", "header", "rows"),
    [
        ("What is the annual fee?", "Card | Annual fee", ENGLISH),
        ("年費係幾多？", "信用卡 | 年費", CHINESE),
    ],
)
def test_a_question_that_names_no_product_leaves_every_row(question: str, header: str, rows: tuple[str, ...]) -> None:
    assert len(left(question, header, rows)) == len(rows)


def test_rows_that_are_no_products_are_left_whatever_is_named() -> None:
    rows = ("Monthly statement | HK$10", "Statement copy | HK$40", "Card replacement | HK$100")
    assert len(left("fee of a statement copy", "Item | Fee", rows)) == len(rows)


@pytest.mark.parametrize(
    ("question", "header", "rows", "names"),
    [
        ("gold and platinum card annual fee", "Card | Annual fee", ENGLISH, ["Gold", "Platinum"]),
        ("annual fees of the gold card and the green card", "Card | Annual fee", ENGLISH, ["Gold", "Green"]),
        ("金卡同白金卡年費", "信用卡 | 年費", CHINESE, ["海港金卡", "海港白金卡"]),
        ("金卡和白金卡的年费分别是多少？", "信用卡 | 年費", CHINESE, ["海港金卡", "海港白金卡"]),
    ],
)
def test_each_product_that_is_named_has_its_row_in_the_order_they_are_named(
    question: str, header: str, rows: tuple[str, ...], names: list[str]
) -> None:
    found = each_named(question, of_the_named(question, quotes(header, rows, question)))
    labels = [quote.quotable.focus.partition(CELL)[0].rstrip("*") for quote in found]
    assert [label.removeprefix("Harbour ").removesuffix(" Card") for label in labels] == names


def test_a_country_is_known_by_its_short_name() -> None:
    rows = ("United States stocks | 0.10%", "Japan stocks | 0.25%", "United Kingdom stocks | 0.25%")
    assert left("commission for US stocks", "Market | Commission", rows) == ["United States stocks"]
