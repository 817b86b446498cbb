from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_bases.schema import Chunk, Language, Passage, Span, Unit, UnitKind
from retrieval.features import FEATURES, features
from retrieval.lexicon_files import shipped_lexicon, shipped_thesaurus
from retrieval.needs import Rarity, needs, wanted
from retrieval.quotable import quotables
from retrieval.views import Asked, Found, View, views
from tests.retrieval.chunks import make_chunk

FOUND = Found(rank=2, score=0.8, words=1.0, concepts=0.5, meaning=0.25, cosine=0.4, bm25=7.0, lead=1.5, best_lead=2.5)
RARITY = Rarity(of_concept=lambda concept: 3.0, of_term=lambda term: 2.0)


def asked(question: str, language: Language = Language.EN) -> Asked:
    found = needs(question, shipped_thesaurus(), RARITY)
    return Asked(question, language, shipped_lexicon().weigh(question), found, wanted(question))


def views_of(chunk: Chunk) -> tuple[View, ...]:
    return views(chunk, quotables(Passage(chunk, 1, 0.0, None, None)), shipped_thesaurus())


def measured(question: str, text: str, language: Language = Language.EN) -> dict[str, float]:
    chunk = replace(make_chunk(text), heading_path=())
    (view,) = views_of(chunk)
    (row,) = features(asked(question, language), [(view, FOUND)])
    return dict(zip(FEATURES, row.tolist(), strict=True))


def test_a_quote_that_speaks_of_what_is_asked_holds_its_terms_and_needs() -> None:
    right = measured("annual fee of the gold card", "The annual fee of the gold card is HK$1,800.")
    beside = measured("annual fee of the gold card", "A branch opens at nine.")
    for name in ("terms_in_focus", "needs_in_focus", "needs_met", "density"):
        assert right[name] > beside[name], name
    assert right["needs_in_focus"] == pytest.approx(1.0)


def test_a_question_meets_a_quote_in_another_language_by_its_concepts() -> None:
    assert measured("金卡年費幾多", "The annual fee of the gold card is HK$1,800.")["needs_in_focus"] > 0.5


def test_a_trades_word_that_the_passage_never_speaks_of_is_absent() -> None:
    text = "Cover for accidental death is HK$1,000,000."
    assert measured("does it cover a surrender charge", text)["heaviest_trade_absent"] > 0
    assert measured("does it cover accidental death", text)["heaviest_trade_absent"] == 0


def test_the_kind_of_answer_agrees_disagrees_or_is_not_asked_for() -> None:
    assert measured("how much is it", "It is HK$20.")["agrees_money"] == 1
    assert measured("how much is it", "It is red.")["agrees_money"] == -1
    assert measured("is it red", "It is HK$20.")["agrees_money"] == 0


def test_how_the_passage_came_back_is_passed_on() -> None:
    row = measured("fee", "A fee.")
    assert (row["reciprocal_rank"], row["fused"], row["leg_meaning"]) == pytest.approx((0.5, 0.8, 0.25))


def test_a_label_that_was_not_asked_for_is_told_from_one_that_was() -> None:
    text = "USD Gold | HK$1,800\nGold | HK$900"
    units = (Unit(UnitKind.ROW, Span(0, 19)), Unit(UnitKind.ROW, Span(20, len(text))))
    chunk = replace(make_chunk(text), units=units, heading_path=())
    rows = features(asked("annual fee gold"), [(view, FOUND) for view in views_of(chunk)])
    column = list(FEATURES).index("label_unasked")
    assert rows[0, column] > rows[1, column] == 0


def test_no_span_is_no_row() -> None:
    assert features(asked("fee"), []).shape == (0, len(FEATURES))


@given(st.text(max_size=60), st.text(min_size=1, max_size=60).filter(lambda text: bool(text.strip())))
def test_every_feature_of_any_question_and_text_is_a_finite_number(question: str, text: str) -> None:
    rows = features(asked(question), [(view, FOUND) for view in views_of(make_chunk(text))])
    assert np.isfinite(rows).all()
