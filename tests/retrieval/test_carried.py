"""An index that is carried from snapshot to snapshot finds in each what an index of its own would."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.indexes import choice
from retrieval.indexes.carried import CarriedIndex, Part
from retrieval.indexes.choice import EXACT_UP_TO, GPU_EXACT_UP_TO, HNSW_UP_TO, kind_for
from retrieval.indexes.exact import ExactIndex
from retrieval.indexes.gpu import CagraIndex, GpuExactIndex
from retrieval.indexes.hnsw import HnswIndex
from retrieval.indexes.ivf import IvfIndex
from retrieval.ports import Vectors
from tests.retrieval.test_vector_indexes import unit_rows

QUERY = unit_rows(1, seed=99)[0]
SEGMENTS = {f"s{number}": unit_rows(number * 7 % 5, seed=number) for number in range(8)}
snapshots = st.lists(st.sets(st.sampled_from(sorted(SEGMENTS)), min_size=1), min_size=1, max_size=4)


def laid_out(*addresses: str) -> tuple[tuple[Part, ...], Vectors]:
    """Segments one after the other, as a snapshot has them."""
    vectors = np.concatenate([SEGMENTS[address] for address in addresses])
    starts = np.cumsum([0, *(len(SEGMENTS[address]) for address in addresses)]).tolist()
    ends = zip(addresses, starts, starts[1:], strict=False)
    return tuple(Part(address, start, vectors[start:end]) for address, start, end in ends), vectors


@given(snapshots, st.integers(1, 30), st.integers(0, 2**32))
def test_each_snapshot_is_searched_as_by_an_index_of_its_own(history: list[set[str]], k: int, seed: int) -> None:
    parts, vectors = laid_out(*sorted(history[0]))
    carried = CarriedIndex(ExactIndex, parts, vectors)
    for addresses in history:
        parts, vectors = laid_out(*sorted(addresses))
        view, own = carried.view(parts), ExactIndex(vectors)
        allowed = np.random.default_rng(seed).random(len(vectors)) < 0.6
        assert carried.missing(parts) == 0
        assert len(view) == len(own)
        assert view.search(QUERY, k) == own.search(QUERY, k)
        assert view.search(QUERY, k, allowed) == own.search(QUERY, k, allowed)


def test_an_earlier_snapshot_goes_on_seeing_its_own_rows_only() -> None:
    parts, vectors = laid_out("s1", "s2")
    carried = CarriedIndex(HnswIndex, parts, vectors)
    earlier = carried.view(parts)
    expected = earlier.search(QUERY, 50)
    later = carried.view(laid_out("s2", "s3", "s4")[0])
    assert earlier.search(QUERY, 50) == expected
    assert len(later.search(QUERY, 50)) == len(later)


def test_searches_and_additions_take_turns() -> None:
    start, more = unit_rows(2_000, seed=1), unit_rows(2_000, seed=2)
    before, after = (Part("start", 0, start),), (Part("start", 0, start), Part("more", 2_000, more))
    carried = CarriedIndex(HnswIndex, before, start)
    view = carried.view(before)
    expected = [view.search(query, 5) for query in start[:50]]
    with ThreadPoolExecutor(2) as pool:
        growing = pool.submit(carried.view, after)
        meanwhile = [view.search(query, 5) for query in start[:50]]
    assert meanwhile == expected
    assert growing.result().search(more[7], 1)[0][0] == 2_007


def test_it_knows_what_a_snapshot_would_add_and_what_is_of_no_use() -> None:
    parts, vectors = laid_out("s1", "s2")
    carried = CarriedIndex(ExactIndex, parts, vectors)
    other = laid_out("s2", "s4")[0]
    assert carried.missing(other) == len(SEGMENTS["s4"])
    assert carried.stale(other) == len(SEGMENTS["s1"])
    assert (carried.missing(parts), carried.stale(parts)) == (0, 0)


@pytest.mark.parametrize(
    ("rows", "without", "with_gpu"),
    [
        (0, ExactIndex, ExactIndex),
        (EXACT_UP_TO, ExactIndex, ExactIndex),
        (EXACT_UP_TO + 1, HnswIndex, GpuExactIndex),
        (GPU_EXACT_UP_TO, HnswIndex, GpuExactIndex),
        (GPU_EXACT_UP_TO + 1, HnswIndex, CagraIndex),
        (HNSW_UP_TO + 1, IvfIndex, CagraIndex),
    ],
)
def test_the_kind_follows_from_size_and_machine(
    monkeypatch: pytest.MonkeyPatch, rows: int, without: type, with_gpu: type
) -> None:
    monkeypatch.setattr(choice, "gpus", lambda: 0)
    monkeypatch.setattr(choice, "builds_cagra", lambda: False)
    assert kind_for(rows) is without
    monkeypatch.setattr(choice, "gpus", lambda: 1)
    monkeypatch.setattr(choice, "builds_cagra", lambda: True)
    assert kind_for(rows) is with_gpu
