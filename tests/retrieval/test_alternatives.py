"""Which products a question may mean: those whose rows in one table answer it alike."""

from __future__ import annotations

import pytest

from eval.corpus import chunk_of
from knowledge_bases.schema import Passage, UnitKind, VersionKey
from retrieval.alternatives import alternatives
from retrieval.quotable import quotables
from retrieval.ranking import Quote
from retrieval.tokens import terms
from tests.retrieval.test_quotable import lines_as_units, passage

ROWS = ("Gold Card | HK$880*", "Platinum Card | HK$2,000", "Green Card | Nil")
QUESTION = "What is the annual fee?"


def quotes(header: str, rows: tuple[str, ...], question: str = QUESTION, sentence: str = "") -> tuple[Quote, ...]:
    """The spans of a table under ``header``, after ``sentence``, as found for ``question``; all score alike."""
    text = "\n".join([*([sentence] if sentence else []), header, *rows])
    passage = Passage(chunk_of(text, "c", VersionKey("fees", "1")), 1, 1.0, None, None)
    asked = frozenset(terms(question))
    return tuple(Quote(q, 1.0, asked & frozenset(terms(f"{q.focus} {q.around}"))) for q in quotables(passage))


def names(found: tuple[Quote, ...], question: str = QUESTION) -> list[str]:
    return [each.name for each in alternatives(question, found)]


def test_rows_of_products_that_answer_alike_are_alternatives_in_the_tables_order() -> None:
    found = alternatives(QUESTION, quotes("Card | Annual fee", ROWS))
    assert [each.name for each in found] == ["Gold Card", "Platinum Card", "Green Card"]
    chunk = found[0].quote.quotable.passage.chunk
    assert [chunk.words(each.unit.span) for each in found] == [each.name for each in found]


@pytest.mark.parametrize("header", ["Item | Annual fee", "Tenor | Annual fee", "Policy year | Annual fee"])
def test_rows_that_are_no_products_are_shown(header: str) -> None:
    assert names(quotes(header, ROWS)) == []


def test_two_rows_are_read_at_a_glance() -> None:
    assert names(quotes("Card | Annual fee", ROWS[:2])) == []


def test_rows_that_all_say_the_same_leave_nothing_to_ask() -> None:
    same = tuple(f"{name} Card | HK$100" for name in ("Gold", "Platinum", "Green"))
    assert names(quotes("Card | Annual fee", same)) == []


@pytest.mark.parametrize("question", ["annual fee of the gold card", "platinum annual fee"])
def test_a_question_that_names_a_product_is_not_ambiguous(question: str) -> None:
    assert names(quotes("Card | Annual fee", ROWS, question), question) == []


def test_a_product_with_many_rows_is_offered_once() -> None:
    rows = ("Tax Loan | 6 | 2.9%", "Tax Loan | 12 | 2.7%", "Home Loan | 12 | 4.0%")
    assert names(quotes("Loan | Months | Annual fee", rows)) == ["Tax Loan", "Home Loan"]


def test_a_sentence_that_says_more_of_the_question_is_the_answer() -> None:
    question = "Is the annual fee refunded?"
    found = quotes("Card | Annual fee", ROWS, question, "The annual fee is refunded to nobody.")
    assert names(found, question) == []


def test_a_table_whose_caption_says_all_that_was_typed_stands_before_sentences_that_mention_it() -> None:
    text = "\n".join(["Annual fee per year", "Card | Principal card", *ROWS, "An annual fee is refunded pro rata."])
    kinds = (UnitKind.CAPTION, UnitKind.HEADER, *[UnitKind.ROW] * len(ROWS), UnitKind.SENTENCE)
    refund, *rows = quotables(passage(text, lines_as_units(text, kinds)))

    def offered(question: str) -> list[str]:
        asked = frozenset(terms(question))
        found = [Quote(q, 0.0, asked & frozenset(terms(f"{q.focus} {q.around}"))) for q in rows]
        return names((Quote(refund, 3.0, asked & frozenset(terms(refund.focus))), *found), question)

    assert offered("annual fee") == ["Gold Card", "Platinum Card", "Green Card"]
    assert offered("annual fee refunded?") == []


def test_nothing_found_is_nothing_to_ask() -> None:
    assert alternatives(QUESTION, ()) == ()
