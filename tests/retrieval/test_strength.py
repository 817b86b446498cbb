from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from knowledge_bases.schema import Language, Passage, Span, Unit, UnitKind
from retrieval.lexicon_files import shipped_lexicon
from retrieval.strength import Features, evidence, measure, shipped_model
from retrieval.types import Query
from tests.retrieval.chunks import make_chunk


def passage(text: str, rank: int = 1, dense: float | None = None, language: Language = Language.EN) -> Passage:
    return Passage(make_chunk(text, language=language), rank, 1 / rank, dense, 1.0)


def features(question: str, *passages: Passage) -> Features:
    query = Query(question, Language.EN)
    return measure(query, shipped_lexicon().concepts(question), passages, idf=lambda term: 2.0)


def strength(question: str, *passages: Passage) -> float:
    query = Query(question, Language.EN)
    return evidence(query, shipped_lexicon().concepts(question), passages, idf=lambda term: 2.0).strength


def test_no_passage_is_no_evidence() -> None:
    assert strength("annual fee of the gold card") == 0


def test_a_passage_that_says_it_is_stronger_than_one_beside_the_point() -> None:
    question = "annual fee of the gold card"
    assert strength(question, passage("The gold card's annual fee is HK$1,800.")) > strength(
        question, passage("A card may be used at machines.")
    )


def test_coverage_counts_the_best_passage_and_the_first_three_together() -> None:
    found = features("gold fee", passage("gold", 1), passage("fee", 2))
    assert found.coverage_best < found.coverage_top


def test_an_equal_in_another_language_covers_nearly_as_well() -> None:
    assert (
        0
        < features("annual fee", passage("年費")).coverage_best
        < features("annual fee", passage("annual fee")).coverage_best
    )


def test_words_spread_over_sentences_cover_the_passage_but_no_unit() -> None:
    chunk = make_chunk("gold. fee.")
    units = tuple(Unit(UnitKind.SENTENCE, span) for span in (Span(0, 5), Span(6, 10)))
    found = features("gold fee", Passage(replace(chunk, units=units), 1, 1.0, None, 1.0))
    assert found.coverage_unit < found.coverage_best == 1


def test_a_number_of_the_question_that_no_passage_has_is_seen() -> None:
    assert features("Is HK$1.5m covered?", passage("covered up to HK$800,000")).numbers == 0
    assert features("Is HK$1.5m covered?", passage("HK$1,500,000 is not")).numbers == 1
    assert features("Is it covered?", passage("covered")).numbers == 1


def test_a_leg_that_was_silent_is_told_from_one_that_saw_nothing() -> None:
    assert (features("fee", passage("fee")).dense_heard, features("fee", passage("fee", dense=0.0)).dense_heard) == (
        0,
        1,
    )


def test_the_fourth_passage_adds_nothing_to_coverage() -> None:
    three = [passage("nothing", rank) for rank in (1, 2, 3)]
    assert features("gold", *three, passage("gold", 4)).coverage_top == 0


@given(question=st.text(max_size=30), text=st.text(min_size=1, max_size=30), dense=st.none() | st.floats(-1, 1))
def test_features_and_strength_stay_in_range(question: str, text: str, dense: float | None) -> None:
    found = features(question, passage(text, dense=dense))
    assert all(0 <= getattr(found, f.name) <= 1 + 1e-9 for f in fields(found))
    assert 0 <= shipped_model().strength(found) <= 1


def test_more_evidence_never_weakens() -> None:
    coefficients = dict(zip((f.name for f in fields(Features)), shipped_model().coefficients, strict=True))
    assert {name for name, value in coefficients.items() if value < 0} <= {"dense_heard"}
