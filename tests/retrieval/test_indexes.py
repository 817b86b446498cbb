"""The contract of ``LexicalIndex``, run against every adapter; that of ``VectorIndex`` is in its own file."""

from __future__ import annotations

from collections.abc import Callable

import bm25s
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexical import K1, B, Bm25Index
from retrieval.ports import LexicalIndex
from retrieval.postings import Postings
from retrieval.tokens import terms

words = st.sampled_from(["fee", "card", "gold", "年費", "fees"])
corpora = st.lists(st.lists(words, min_size=1, max_size=6), min_size=1, max_size=12)


class LexicalIndexContract:
    make: Callable[[list[list[str]]], LexicalIndex]
    texts = ("annual fee of the gold card", "金卡年費 HK$1,800", "time deposit rates", "", "annual report")

    def index(self) -> LexicalIndex:
        return type(self).make([terms(text) for text in self.texts])

    def test_only_rows_that_share_a_term_are_found_best_first(self) -> None:
        assert [row for row, _ in self.index().search({"annual": 1.0, "fee": 1.0}, 9)] == [0, 4]

    def test_simplified_questions_find_traditional_documents(self) -> None:
        assert self.index().search(dict.fromkeys(terms("年费"), 1.0), 9)[0][0] == 1

    def test_a_heavier_term_counts_for_more(self) -> None:
        assert self.index().search({"gold": 0.1, "deposit": 1.0}, 1)[0][0] == 2
        assert self.index().search({"gold": 1.0, "deposit": 0.1}, 1)[0][0] == 0

    def test_what_is_not_allowed_is_never_found(self) -> None:
        allowed = np.array([False, True, True, True, True])
        assert [row for row, _ in self.index().search({"annual": 1.0}, 9, allowed)] == [4]

    def test_nothing_comes_of_nothing(self) -> None:
        assert self.index().search({}, 5) == self.index().search({"unheard": 1.0}, 5) == []
        assert self.index().search({"annual": 1.0}, 0) == []
        assert type(self).make([]).search({"annual": 1.0}, 5) == []
        assert type(self).make([[]]).search({"annual": 1.0}, 5) == []


class TestBm25Index(LexicalIndexContract):
    make = staticmethod(lambda rows: Bm25Index(Postings.of(rows)))

    @given(corpora, st.dictionaries(words, st.floats(0.1, 2.0), max_size=4))
    def test_scores_are_those_of_a_library_of_its_own(self, rows: list[list[str]], asked: dict[str, float]) -> None:
        peer = bm25s.BM25(k1=K1, b=B, method="lucene")
        ids = {term: place for place, term in enumerate(sorted({term for row in rows for term in row}))}
        peer.index(([[ids[term] for term in row] for row in rows], ids), show_progress=False, create_empty_token=False)
        expected = sum(
            (weight * peer.get_scores_from_ids([ids[term]]) for term, weight in asked.items() if term in ids),
            np.zeros(len(rows)),
        )
        np.testing.assert_allclose(Bm25Index(Postings.of(rows)).scores(asked), expected, rtol=1e-5, atol=1e-6)

    def test_ties_come_by_row(self) -> None:
        assert [row for row, _ in Bm25Index(Postings.of([["fee"]] * 9)).search({"fee": 1.0}, 4)] == [0, 1, 2, 3]

    def test_a_term_no_row_has_weighs_the_most(self) -> None:
        index = Bm25Index(Postings.of([["fee", "card"], ["fee"]]))
        assert index.idf("unheard") > index.idf("card") > index.idf("fee") > 0
