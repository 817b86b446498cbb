from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexical import Bm25Index
from retrieval.postings import Postings, merged

words = st.sampled_from(["fee", "card", "gold", "年費", "rate"])
parts = st.lists(st.lists(st.lists(words, max_size=5), max_size=4), max_size=5)


@given(parts, st.sets(words))
def test_merging_segments_ranks_as_if_they_had_been_indexed_together(
    parts: list[list[list[str]]], asked: set[str]
) -> None:
    together = Bm25Index(Postings.of([row for part in parts for row in part]))
    apart = Bm25Index(merged([Postings.of(part) for part in parts]))
    question = dict.fromkeys(sorted(asked), 1.0)
    assert len(apart) == len(together)
    assert apart.scores(question).tolist() == together.scores(question).tolist()
    rows, pairs = np.arange(len(together)), [("gold", "card"), ("fee", "fee")]
    assert apart.present(["gold", "年費"], rows).tolist() == together.present(["gold", "年費"], rows).tolist()
    assert apart.beside(pairs, rows).tolist() == together.beside(pairs, rows).tolist()


@given(st.lists(st.lists(words, max_size=6), max_size=5))
def test_terms_are_found_beside_each_other_as_they_stand_in_the_row(rows: list[list[str]]) -> None:
    index = Bm25Index(Postings.of(rows))
    pairs = [("gold", "card"), ("card", "card"), ("card", "nowhere")]
    found = index.beside(pairs, np.arange(len(rows)))
    assert found.tolist() == [[list(pairwise(row)).count(pair) for row in rows] for pair in pairs]


@given(st.lists(st.lists(words, max_size=6), max_size=5))
def test_present_and_lengths_are_those_of_the_rows_asked_for(rows: list[list[str]]) -> None:
    index, asked = Bm25Index(Postings.of(rows)), np.arange(len(rows))[::2]
    assert index.present(["gold", "nowhere"], asked).tolist() == [
        [word in rows[row] for row in asked] for word in ("gold", "nowhere")
    ]
    assert index.lengths(asked).tolist() == [len(rows[row]) for row in asked]


@given(st.lists(st.lists(words, max_size=6), max_size=5))
def test_the_scores_of_some_rows_are_those_they_have_among_all(rows: list[list[str]]) -> None:
    index, asked = Bm25Index(Postings.of(rows)), np.arange(len(rows))[::2]
    terms = {"gold": 1.0, "card": 0.3, "nowhere": 1.0}
    assert index.scores_of(terms, asked).tolist() == index.scores(terms)[asked].tolist()


def test_postings_count_repeats_and_rows_without_a_term() -> None:
    counts = Postings.of([["fee", "fee", "card"], [], ["card"]]).by_term().toarray()
    assert counts.tolist() == [[2, 0, 0], [1, 0, 1]]


def test_nothing_merges_to_nothing() -> None:
    assert (merged([]).size, merged([Postings.of([])]).size) == (0, 0)
