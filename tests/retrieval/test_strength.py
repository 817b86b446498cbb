from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from knowledge_bases.schema import Language, Passage, Span, Unit, UnitKind
from retrieval.quotable import Sought
from retrieval.strength import evidence_strength, shipped_model
from retrieval.tokens import terms
from tests.retrieval.chunks import make_chunk


def passage(text: str, rank: int = 1, language: Language = Language.EN) -> Passage:
    chunk = replace(make_chunk(text, language=language), heading_path=())
    return Passage(replace(chunk, units=(Unit(UnitKind.SENTENCE, Span(0, len(text))),)), rank, 1 / rank, None, 1.0)


def strength(question: str, *passages: Passage) -> float:
    return evidence_strength(Sought(question, Language.EN, dict.fromkeys(terms(question), 2.0)), passages)


def test_no_passage_is_no_evidence() -> None:
    assert strength("annual fee of the gold card") == 0


def test_a_passage_of_which_nothing_may_be_quoted_is_no_evidence() -> None:
    whole = passage("The gold card's annual fee is HK$1,800.")
    assert strength("annual fee of the gold card", replace(whole, chunk=replace(whole.chunk, units=()))) == 0


def test_a_passage_that_says_it_is_stronger_than_one_beside_the_point() -> None:
    question = "annual fee of the gold card"
    assert strength(question, passage("The gold card's annual fee is HK$1,800.")) > strength(
        question, passage("A card may be used at machines.")
    )


def test_what_ranks_higher_is_stronger_evidence() -> None:
    text = "The gold card's annual fee is HK$1,800."
    assert strength("gold card fee", passage(text, 1)) > strength("gold card fee", passage(text, 5))


def test_a_text_in_the_customers_language_is_stronger_evidence() -> None:
    assert strength("gold card", passage("gold card")) > strength(
        "gold card", passage("gold card", 1, Language.ZH_HANT)
    )


@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_strength_is_a_probability(question: str, text: str) -> None:
    assert 0 <= strength(question, passage(text)) <= 1


def test_the_shipped_curve_rises() -> None:
    assert shipped_model().slope > 0
