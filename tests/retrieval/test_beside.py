"""Which quotes stand beside the first: no sibling's row, and of other documents only what is nearly as good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval.corpus import chunk_of
from knowledge_bases.schema import Passage, VersionKey
from retrieval.beside import NEAR, NEAR_ELSEWHERE, stands_beside
from retrieval.lexicon_files import shipped_lexicon
from retrieval.quotable import quotables
from retrieval.ranking import Quote
from retrieval.tokens import terms

CARDS = (
    "Card | Annual fee",
    "Gold Card | HK$880",
    "Platinum Card | HK$2,000",
    "USD Gold Card | US$120",
    "Green Card | Nil",
)
CARDS_HANT = ("信用卡 | 年費", "海港金卡 | HK$880", "海港白金卡 | HK$2,000", "海港美元金卡 | US$120", "海港綠卡 | 豁免")
CARDS_HANS = ("信用卡 | 年费", "海港金卡 | HK$880", "海港白金卡 | HK$2,000", "海港美元金卡 | US$120", "海港绿卡 | 豁免")


def quotes(question: str, *lines: str, document: str = "fees", score: float = 1.0) -> list[Quote]:
    """The spans of a text, as found for ``question``; all score alike."""
    passage = Passage(chunk_of("\n".join(lines), document, VersionKey(document, "1")), 1, 1.0, None, None)
    asked = frozenset(shipped_lexicon().weigh(question))
    return [Quote(q, score, asked & frozenset(terms(f"{q.focus} {q.around}"))) for q in quotables(passage)]


def beside(question: str, table: tuple[str, ...], first: int) -> list[int]:
    """The rows that stand beside the row ``first``, in the order of the table, from 0."""
    rows = quotes(question, *table)
    return [n for n, row in enumerate(rows) if n != first and stands_beside(question, rows[first], row)]


@pytest.mark.parametrize(
    ("question", "table"),
    [
        ("annual fee of the gold card?", CARDS),
        ("金卡年費係幾多？", CARDS_HANT),
        ("金卡年费多少？", CARDS_HANS),
        ("金卡年費係幾多？", CARDS),
    ],
)
def test_who_names_a_product_is_not_shown_the_rows_of_others(question: str, table: tuple[str, ...]) -> None:
    assert beside(question, table, first=0) == []


@pytest.mark.parametrize(
    ("question", "table"),
    [
        ("annual fees of gold and platinum?", CARDS),
        ("金卡同白金卡年費幾多？", CARDS_HANT),
        ("金卡和白金卡的年费？", CARDS_HANS),
    ],
)
def test_both_products_that_a_question_names_are_shown(question: str, table: tuple[str, ...]) -> None:
    assert 1 in beside(question, table, first=0)


@pytest.mark.parametrize(
    ("question", "table"),
    [("what is the annual fee?", CARDS), ("年費幾多？", CARDS_HANT), ("年费多少？", CARDS_HANS)],
)
def test_who_names_no_product_is_shown_the_rows_of_all(question: str, table: tuple[str, ...]) -> None:
    assert beside(question, table, first=0) == [1, 2, 3]


def test_the_row_that_is_named_stays_where_another_stands_first() -> None:
    assert 0 in beside("annual fee of the gold card?", CARDS, first=1)


def test_rows_that_are_no_products_may_each_be_what_is_meant() -> None:
    services = ("Service | Fee", "Late payment | HK$350", "Payment by cheque | HK$30")
    assert beside("what does a late payment cost?", services, first=0) == [1]


def behind(question: str, lead: float, document: str) -> bool:
    """Whether a sentence of ``document`` stands beside one of "fees" that is ahead by ``lead``."""
    (first,) = quotes(question, "The annual fee is HK$880.", score=lead)
    (other,) = quotes(question, "The fee is waived in the first year.", document=document)
    return stands_beside(question, first, replace(other, score=0.0))


ONE_THING = ["what is the annual fee?", "年費係幾多？", "年费多少？"]


@pytest.mark.parametrize("question", ONE_THING)
def test_another_document_is_quoted_too_only_where_it_is_nearly_as_good(question: str) -> None:
    assert behind(question, NEAR_ELSEWHERE, "waivers")
    assert not behind(question, NEAR_ELSEWHERE + 0.1, "waivers")


@pytest.mark.parametrize("question", ONE_THING)
def test_the_document_that_answers_is_quoted_on_while_it_is_near(question: str) -> None:
    assert behind(question, NEAR, "fees")
    assert not behind(question, NEAR + 0.1, "fees")


@pytest.mark.parametrize(
    "question",
    [
        "what is the annual fee and when is it waived?",
        "what is the annual fee? is it waived?",
        "年費幾多，仲有幾時豁免？",
        "年費幾多？幾時豁免？",
        "年费多少，还有什么时候豁免？",
    ],
)
def test_where_several_things_are_asked_another_document_may_answer_the_rest(question: str) -> None:
    assert behind(question, NEAR, "waivers")
    assert not behind(question, NEAR + 0.1, "waivers")
