"""What the reranker reads of a row, and that it puts first what says more of what was asked."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.errors import ScorerInvalid
from retrieval.lexical import Bm25Index
from retrieval.matches import FEATURES, Legs, Matches, Read, features
from retrieval.postings import Postings
from retrieval.reranker import Reranker, shipped_reranker
from retrieval.tokens import terms

ROWS = [
    "The annual fee of the gold card is HK$600.",
    "Gold is a metal. A card of another bank has an annual fee.",
    "The late fee is HK$300.",
    "Opening hours of our branches",
]
QUESTION = "annual fee of the gold card"


def matches(question: str = QUESTION, *, heard: bool = True) -> Matches:
    index = Bm25Index(Postings.of([terms(row) for row in ROWS]))
    scores = index.scores(dict.fromkeys(terms(question), 1.0)).astype(np.float64)
    shares = scores / max(scores.max(), 1e-9)
    cosines = np.array([0.7, 0.5, 0.4, 0.1]) if heard else None
    legs = Legs(shares, shares, np.zeros(4), cosines, cosines, scores)
    read = Read(tuple(terms(question)), chinese=False, familiarity=0.5, figure=True)
    return Matches(read, np.arange(4), legs, index, np.zeros(4))


def column(name: str, found: Matches) -> list[float]:
    return features(found)[:, list(FEATURES).index(name)].tolist()


def test_every_row_has_every_feature_as_a_finite_number() -> None:
    for found in (matches(), matches(heard=False), matches("嘩嘩"), matches("")):
        assert features(found).shape == (4, len(FEATURES))
        assert np.isfinite(features(found)).all()


def test_terms_beside_each_other_count_for_the_row_in_which_they_stand_so() -> None:
    whole, scattered, other, none = column("pairs", matches())
    assert whole > scattered > none == 0
    assert other == 0


def test_a_row_without_the_rarest_term_is_marked_by_it() -> None:
    missing = column("rarest_missing", matches())
    assert missing[0] == 0 < missing[2] <= missing[3]


def test_the_shipped_reranker_puts_the_row_first_that_answers() -> None:
    for found in (matches(), matches(heard=False)):
        assert int(np.argmax(shipped_reranker().leads(features(found)))) == 0


def test_what_speaks_of_it_leads_by_more_than_what_does_not() -> None:
    leads = [shipped_reranker().leads(features(matches(question))).max() for question in (QUESTION, "whale migration")]
    assert leads[0] > leads[1]


def test_a_model_survives_being_written_down() -> None:
    kept = Reranker.from_value(shipped_reranker().to_value())
    rows = features(matches())
    assert np.allclose(kept.leads(rows), shipped_reranker().leads(rows), atol=1e-3)


@pytest.mark.parametrize("broken", [{"features": ["other"]}, {"features": list(FEATURES)}])
def test_a_model_of_other_features_or_in_pieces_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ScorerInvalid, match="train it again"):
        Reranker.from_value(broken)
