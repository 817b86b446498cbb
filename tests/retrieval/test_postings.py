from __future__ import annotations

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


def test_postings_count_repeats_and_rows_without_a_term() -> None:
    counts = Postings.of([["fee", "fee", "card"], [], ["card"]]).by_term().toarray()
    assert counts.tolist() == [[2, 0, 0], [1, 0, 1]]


def test_nothing_merges_to_nothing() -> None:
    assert (merged([]).size, merged([Postings.of([])]).size) == (0, 0)
