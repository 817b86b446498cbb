"""The contracts of the index ports, run against every adapter."""

from __future__ import annotations

from collections.abc import Callable

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.dense import FaissIndex
from retrieval.errors import DimensionMismatch
from retrieval.lexical import K1, B, Bm25Index
from retrieval.ports import LexicalIndex, VectorIndex, Vectors
from retrieval.postings import Postings
from retrieval.tokens import terms


def unit_rows(n: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((n, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


words = st.sampled_from(["fee", "card", "gold", "年費", "fees"])
corpora = st.lists(st.lists(words, min_size=1, max_size=6), min_size=1, max_size=12)


class VectorIndexContract:
    make: Callable[[Vectors], VectorIndex]

    def test_the_best_come_first(self) -> None:
        rows = unit_rows(50)
        found = type(self).make(rows).search(rows[7], 5)
        assert found[0][0] == 7
        assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)

    def test_what_is_not_allowed_is_never_found_and_k_is_still_filled(self) -> None:
        rows = unit_rows(50)
        allowed = np.arange(50) % 5 == 3
        found = type(self).make(rows).search(rows[0], 10, allowed)
        assert sorted(row for row, _ in found) == list(range(3, 50, 5))

    def test_ties_come_by_row_even_across_the_cut(self) -> None:
        rows = np.repeat(unit_rows(1), 30, axis=0)
        assert [row for row, _ in type(self).make(rows).search(rows[0], 7)] == list(range(7))

    def test_nothing_comes_of_nothing(self) -> None:
        rows = unit_rows(3)
        index = type(self).make(rows)
        assert index.search(rows[0], 0) == []
        assert index.search(rows[0], 3, np.zeros(3, dtype=np.bool_)) == []
        assert type(self).make(np.zeros((0, 8), dtype=np.float32)).search(rows[0], 3) == []

    def test_a_vector_of_another_model_is_refused(self) -> None:
        with pytest.raises(DimensionMismatch, match="has 5 dimensions, the index 8"):
            type(self).make(unit_rows(3)).search(np.ones(5, dtype=np.float32), 1)

    def test_it_knows_its_size(self) -> None:
        assert len(type(self).make(unit_rows(4))) == 4


class TestFaissIndex(VectorIndexContract):
    make = staticmethod(FaissIndex)

    @given(st.integers(1, 40), st.integers(1, 40), st.sets(st.integers(0, 39)))
    def test_it_finds_what_comparing_all_rows_finds(self, n: int, k: int, banned: set[int]) -> None:
        rows, query = unit_rows(n), unit_rows(1, seed=9)[0]
        allowed = np.array([row not in banned for row in range(n)])
        expected = [row for row in np.argsort(-(rows @ query), kind="stable") if allowed[row]][:k]
        assert [row for row, _ in FaissIndex(rows).search(query, k, allowed)] == expected


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
