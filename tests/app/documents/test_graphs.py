"""A large institution gets its approximate index behind exact search; here every institution counts as large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.documents.graphs import Graphs
from app.documents.opened import OPEN_SNAPSHOTS, OpenSnapshots
from knowledge_bases.schema import Language
from retrieval.indexes.carried import CarriedView
from retrieval.indexes.exact import ExactIndex
from retrieval.indexes.hnsw import HnswIndex
from retrieval.ports import VectorIndex, Vectors
from retrieval.retriever import Retriever
from retrieval.types import Query
from tests.app.documents.test_agreement import current, publish_locker
from tests.app.small_bank import BANK, EMBEDDER, FEE_QUESTION, SmallBank

Work = Callable[[], None]


def opened(bank: SmallBank, graphs: Graphs) -> OpenSnapshots:
    return OpenSnapshots(bank.foundation, lambda _: EMBEDDER, graphs)


def found(retriever: Retriever) -> list[str]:
    return [passage.chunk.id for passage in retriever.search(Query(FEE_QUESTION, Language.EN))]


def test_all_rows_are_compared_until_the_index_is_built(small_bank: SmallBank) -> None:
    waiting: list[Work] = []
    retriever = opened(small_bank, Graphs(lambda _: HnswIndex, waiting.append)).get(BANK, current(small_bank))
    assert isinstance(retriever.snapshot.dense, ExactIndex)
    before = found(retriever)
    waiting.pop()()
    assert isinstance(retriever.snapshot.dense, CarriedView)
    assert found(retriever) == before


def test_a_publication_is_found_by_the_index_that_is_there_at_once(small_bank: SmallBank, tmp_path: Path) -> None:
    waiting: list[Work] = []
    snapshots = opened(small_bank, Graphs(lambda _: HnswIndex, waiting.append))
    earlier = snapshots.get(BANK, current(small_bank))
    waiting.pop()()
    before = found(earlier)
    publish_locker(small_bank, tmp_path)
    retriever = snapshots.get(BANK, current(small_bank))
    assert isinstance(retriever.snapshot.dense, CarriedView)
    assert not waiting
    assert "locker" in retriever.search(Query("What does a safe deposit locker cost?", Language.EN))[0].chunk.text
    assert found(earlier) == before


def test_what_is_too_much_for_once_or_mostly_new_is_built_behind(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Work] = []
    snapshots = opened(small_bank, Graphs(lambda _: HnswIndex, waiting.append))
    snapshots.get(BANK, current(small_bank))
    publish_locker(small_bank, tmp_path)
    newer = snapshots.get(BANK, current(small_bank))
    assert len(waiting) == 2
    for work in waiting:
        work()
    assert isinstance(newer.snapshot.dense, CarriedView)
    assert len(newer.snapshot.dense) == len(newer.snapshot.chunks)


def test_a_small_institution_has_none(small_bank: SmallBank) -> None:
    waiting: list[Work] = []
    retriever = opened(small_bank, Graphs(begin=waiting.append)).get(BANK, current(small_bank))
    assert isinstance(retriever.snapshot.dense, ExactIndex)
    assert not waiting


def test_where_it_cannot_be_built_exact_search_goes_on(small_bank: SmallBank) -> None:
    def broken(_: Vectors) -> VectorIndex:
        raise MemoryError

    retriever = opened(small_bank, Graphs(lambda _: broken, lambda work: work())).get(BANK, current(small_bank))
    assert isinstance(retriever.snapshot.dense, ExactIndex)
    assert found(retriever)


def test_the_least_recently_used_institution_is_let_go_with_its_index(
    small_bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphs = Graphs(lambda _: HnswIndex, lambda work: work())
    snapshots = opened(small_bank, graphs)
    retriever = snapshots.get(BANK, current(small_bank))
    assert graphs.held() == {BANK}
    monkeypatch.setattr(OpenSnapshots, "_opened", lambda *_: retriever)
    for number in range(OPEN_SNAPSHOTS):
        snapshots.get(f"bank-{number}", "0" * 64)
    assert len(snapshots) == OPEN_SNAPSHOTS
    assert graphs.held() == set()
