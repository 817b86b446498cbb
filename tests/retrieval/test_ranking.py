from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge_bases.schema import Language, Passage, Span, Unit, UnitKind
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.ranking import Candidate, Quote, ranked, reread, views_of
from retrieval.scorer import shipped_scorer
from retrieval.views import Found
from tests.retrieval.chunks import make_chunk
from tests.retrieval.test_features import asked


def candidate(text: str, rank: int = 1, language: Language = Language.EN) -> Candidate:
    passage = Passage(replace(make_chunk(text, language=language), heading_path=()), rank, 1 / rank, 0.4, 3.0)
    found = Found(rank, 1 / rank, words=0.9, concepts=0.9, meaning=0.9, cosine=0.4, bm25=3.0, lead=1.0, best_lead=1.0)
    return Candidate(passage, found, views_of(passage, shipped_thesaurus()))


def quotes(question: str, *candidates: Candidate, language: Language = Language.EN) -> tuple[Quote, ...]:
    return ranked(asked(question, language), candidates, shipped_scorer())


def table(*rows: str, language: Language = Language.EN) -> Candidate:
    text = "\n".join(rows)
    starts = [text.index(row) for row in rows]
    units = tuple(Unit(UnitKind.ROW, Span(start, start + len(row))) for start, row in zip(starts, rows, strict=True))
    whole = candidate(text, language=language)
    passage = replace(whole.passage, chunk=replace(whole.passage.chunk, units=units))
    return Candidate(passage, whole.found, views_of(passage, shipped_thesaurus()))


FEE = "The gold card's annual fee is HK$1,800."


def test_no_passage_is_no_quote() -> None:
    assert quotes("annual fee of the gold card") == ()


def test_a_passage_of_which_nothing_may_be_quoted_gives_no_quote() -> None:
    whole = candidate(FEE)
    bare = replace(whole.passage, chunk=replace(whole.passage.chunk, units=()))
    assert quotes("annual fee", Candidate(bare, whole.found, views_of(bare, shipped_thesaurus()))) == ()


def test_what_says_it_comes_before_what_is_beside_the_point() -> None:
    beside = candidate("A card may be used at machines.")
    first, *_ = quotes("How much is the annual fee of the gold card?", beside, candidate(FEE))
    assert first.quotable.focus == FEE
    assert "annual" in first.covered


def test_a_span_that_shares_nothing_with_the_question_is_never_quoted() -> None:
    assert quotes("annual fee", candidate("Umbrellas dry slowly.")) == ()


def test_a_span_in_another_language_is_reached_by_its_concepts() -> None:
    (quote,) = quotes("lost credit card", candidate("遺失信用卡須報失。"))
    assert quote.quotable.focus == "遺失信用卡須報失。"


def test_a_quote_comes_from_the_passage_that_was_found() -> None:
    (quote,) = quotes("annual fee", candidate(FEE, rank=3))
    assert quote.quotable.passage.rank == 3


@pytest.mark.parametrize(
    ("question", "label", "language"),
    [
        ("annual fee of the gold card", "Gold Card", Language.EN),
        ("annual fee of the USD gold card", "USD Gold Card", Language.EN),
        ("金卡年費幾多", "海港金卡", Language.ZH_HANT),
        ("美元金卡年費幾多", "海港美元金卡", Language.ZH_HANT),
    ],
)
def test_of_near_identical_products_the_one_that_was_named_comes_first(
    question: str, label: str, language: Language
) -> None:
    english = table("USD Gold Card | annual fee US$120", "Gold Card | annual fee HK$900")
    chinese = table("海港美元金卡 | 年費120美元", "海港金卡 | 年費900港元", language=Language.ZH_HANT)
    first, *_ = quotes(question, english if language is Language.EN else chinese, language=language)
    assert first.quotable.focus.startswith(label)


TENORS = ("1 month | 1.80%", "3 months | 2.40%", "6 months | 2.30%")


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("deposit for 3 months", TENORS[1:2]),
        ("deposit for 3 months or 6 months", TENORS[1:]),
        ("deposit for several months", TENORS),
        ("deposit for 9 months", TENORS),
    ],
)
def test_of_rows_alike_but_for_a_figure_those_that_are_named_answer(question: str, shown: tuple[str, ...]) -> None:
    assert {quote.quotable.focus for quote in quotes(question, table(*TENORS))} == set(shown)


def test_the_one_that_was_named_stays_first_whatever_a_reader_says() -> None:
    found = quotes(
        "annual fee of the gold card", table("USD Gold Card | annual fee US$120", "Gold Card | annual fee HK$900")
    )
    gold, dollars = found
    again = reread(asked("annual fee of the gold card"), found, [-1.0, 1.0], 10.0)
    assert [quote.quotable for quote in again] == [gold.quotable, dollars.quotable]
    other = reread(asked("annual fee of the USD gold card"), found, [-1.0, 1.0], 10.0)
    assert [quote.quotable for quote in other] == [dollars.quotable, gold.quotable]
