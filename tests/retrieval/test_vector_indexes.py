"""The contract of ``VectorIndex``, run against every adapter, and what each promises beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import DimensionMismatch
from retrieval.indexes import gpu
from retrieval.indexes.exact import ExactIndex, compared
from retrieval.indexes.hnsw import HnswIndex
from retrieval.indexes.ivf import IvfIndex
from retrieval.indexes.order import Found, ranges
from retrieval.indexes.pgvector import PgvectorIndex
from retrieval.ports import VectorIndex, Vectors
from tests.postgres_server import PostgresMissing, PostgresServer, binaries_with_pgvector
from tests.requirements import missing

if TYPE_CHECKING:
    from retrieval.indexes.milvus import MilvusIndex

Make = Callable[[Vectors], VectorIndex]
DIMENSIONS = 8
NONE = np.zeros((0, DIMENSIONS), dtype=np.float32)
_NAMES = (f"institution-{number}" for number in count())


def unit_rows(n: int, seed: int = 0, dimensions: int = DIMENSIONS) -> Vectors:
    rows = np.random.default_rng(seed).standard_normal((n, dimensions)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class VectorIndexContract:
    """Each adapter's tests give ``make``, a fixture: vectors -> an index of an institution of its own over them."""

    def test_the_best_come_first(self, make: Make) -> None:
        rows = unit_rows(50)
        found = make(rows).search(rows[7], 5)
        assert [row for row, _ in found] == np.argsort(-(rows @ rows[7]))[:5].tolist()
        assert [similarity for _, similarity in found] == pytest.approx(np.sort(rows @ rows[7])[::-1][:5], abs=1e-5)

    def test_what_is_not_allowed_is_never_found_and_k_is_still_filled(self, make: Make) -> None:
        rows = unit_rows(50)
        allowed = np.arange(50) % 5 == 3
        assert sorted(row for row, _ in make(rows).search(rows[0], 10, allowed)) == list(range(3, 50, 5))

    def test_one_row_allowed_among_many_is_found(self, make: Make) -> None:
        rows = unit_rows(300)
        furthest = int(np.argmin(rows @ rows[0]))
        assert [row for row, _ in make(rows).search(rows[0], 5, np.arange(300) == furthest)] == [furthest]

    def test_ties_come_by_row_even_across_the_cut(self, make: Make) -> None:
        rows = np.repeat(unit_rows(1), 30, axis=0)
        assert [row for row, _ in make(rows).search(rows[0], 7)] == list(range(7))

    def test_a_k_larger_than_the_index_gives_all(self, make: Make) -> None:
        rows = unit_rows(9)
        assert sorted(row for row, _ in make(rows).search(rows[0], 500)) == list(range(9))

    def test_what_is_removed_is_never_found_and_its_number_never_given_again(self, make: Make) -> None:
        rows = unit_rows(20)
        index = make(rows)
        index.remove([7, 19, 99])
        assert len(index) == 18
        assert {row for row, _ in index.search(rows[7], 20)} == set(range(20)) - {7, 19}
        assert index.add(rows[7:8]) == range(20, 21)
        assert index.search(rows[7], 1)[0][0] == 20
        assert [row for row, _ in index.search(rows[7], 3, np.arange(21) == 19)] == []

    def test_what_is_added_is_numbered_after_what_is_there(self, make: Make) -> None:
        rows = unit_rows(12)
        index = make(rows[:5])
        assert index.add(rows[5:]) == range(5, 12)
        assert index.add(NONE) == range(12, 12)
        assert len(index) == 12
        assert [index.search(row, 1)[0][0] for row in rows] == list(range(12))

    def test_an_empty_index_finds_nothing_and_grows(self, make: Make) -> None:
        index, rows = make(NONE), unit_rows(3)
        assert (len(index), index.search(rows[0], 3)) == (0, [])
        assert index.add(rows) == range(0, 3)
        assert index.search(rows[2], 1)[0][0] == 2

    def test_nothing_comes_of_nothing(self, make: Make) -> None:
        rows = unit_rows(3)
        index = make(rows)
        assert index.search(rows[0], 0) == index.search(rows[0], -1) == []
        assert index.search(rows[0], 3, np.zeros(3, dtype=np.bool_)) == []
        index.remove(range(3))
        assert (len(index), index.search(rows[0], 3)) == (0, [])

    def test_a_vector_of_zeros_points_nowhere(self, make: Make) -> None:
        assert make(unit_rows(3)).search(np.zeros(DIMENSIONS, dtype=np.float32), 3) == []

    def test_a_vector_of_another_model_is_refused(self, make: Make) -> None:
        index = make(unit_rows(3))
        assert index.dimensions == DIMENSIONS
        with pytest.raises(DimensionMismatch, match="has 5 dimensions, the index 8: embed the query"):
            index.search(np.ones(5, dtype=np.float32), 1)
        with pytest.raises(DimensionMismatch, match="has 5 dimensions, the index 8"):
            index.add(unit_rows(2, dimensions=5))
        assert len(index) == 3

    def test_one_institution_never_sees_another(self, make: Make) -> None:
        rows = unit_rows(10)
        one, other = make(rows[:5]), make(rows[5:])
        assert one.search(rows[7], 10)[0][1] < 0.99
        one.remove(range(5))
        assert (len(one), len(other)) == (0, 5)
        assert other.search(rows[7], 1)[0][0] == 2

    def test_random_allowed_rows_are_ranked_as_by_comparing_all(self, make: Make) -> None:
        rows, random = unit_rows(400), np.random.default_rng(3)
        index = make(rows)
        for query in unit_rows(10, seed=9):
            allowed = random.random(400) < random.choice([0.02, 0.5, 0.98])
            expected = [row for row in np.argsort(-(rows @ query)).tolist() if allowed[row]][:10]
            assert [row for row, _ in index.search(query, 10, allowed)] == expected


class TestExactIndex(VectorIndexContract):
    @pytest.fixture
    def make(self) -> Make:
        return ExactIndex

    @given(st.integers(1, 40), st.integers(1, 40), st.sets(st.integers(0, 39)))
    def test_it_finds_what_comparing_all_rows_finds(self, n: int, k: int, banned: set[int]) -> None:
        rows, query = unit_rows(n), unit_rows(1, seed=9)[0]
        allowed = np.array([row not in banned for row in range(n)])
        expected = [row for row in np.argsort(-(rows @ query), kind="stable") if allowed[row]][:k]
        assert [row for row, _ in ExactIndex(rows).search(query, k, allowed)] == expected

    def test_it_keeps_no_copy_of_what_it_is_given(self) -> None:
        rows = unit_rows(5)
        index = ExactIndex(rows)
        rows[0] = rows[4]
        assert [row for row, _ in index.search(rows[4], 2)] == [0, 4]


class ApproximateContract:
    """Vectors of one model lie close together: drawn here around centres, and asked for by their neighbours."""

    def test_nearly_all_true_neighbours_are_found(self, make: Make) -> None:
        random = np.random.default_rng(4)
        centres = unit_rows(50, dimensions=32)
        rows = centres[random.integers(50, size=5_000)] + 0.3 * unit_rows(5_000, seed=5, dimensions=32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        index, truth = make(rows), ExactIndex(rows)
        queries = rows[::250] + 0.05 * unit_rows(20, seed=6, dimensions=32)
        shares = [len(_rows(index, query) & _rows(truth, query)) / 10 for query in queries]
        assert np.mean(shares) >= 0.95


def _rows(index: VectorIndex, query: Vectors) -> set[int]:
    return {row for row, _ in index.search(query, 10)}


class TestHnswIndex(VectorIndexContract, ApproximateContract):
    @pytest.fixture
    def make(self) -> Make:
        return HnswIndex


class TestIvfIndex(VectorIndexContract, ApproximateContract):
    @pytest.fixture
    def make(self) -> Make:
        return IvfIndex

    def test_the_same_rows_make_the_same_cells(self) -> None:
        rows = unit_rows(4_000)
        one, other = IvfIndex(rows), IvfIndex(rows)
        assert [one.search(row, 10) for row in rows[:20]] == [other.search(row, 10) for row in rows[:20]]


class ShortAnswers(gpu.GpuIndex):
    """A GPU that compares all rows, and gives no more of them than it may."""

    most = 12

    def _take(self, vectors: Vectors) -> None:
        self._vectors = np.concatenate((self._vectors, vectors))

    def _ask(self, query: Vectors, n: int) -> Found:
        assert n <= self.most
        return compared(query, self._vectors, min(n, len(self._vectors)), None)


class TestWhatAGpuLeavesOpen(VectorIndexContract):
    """Masks, and answers longer than a GPU gives, need none to be tried."""

    @pytest.fixture
    def make(self) -> Make:
        return ShortAnswers


@pytest.mark.gpu
class TestGpuExactIndex(VectorIndexContract):
    @pytest.fixture
    def make(self) -> Make:
        if not gpu.gpus():
            missing("gpu", "FAISS finds no GPU; install the extra gpu on a machine that has one")
        return gpu.GpuExactIndex

    def test_it_agrees_with_the_processor(self, make: Make) -> None:
        rows = unit_rows(20_000, dimensions=384)
        on_gpu, on_cpu = make(rows), ExactIndex(rows)
        for query in unit_rows(20, seed=9, dimensions=384):
            for allowed in (None, np.arange(len(rows)) % 3 > 0, np.arange(len(rows)) % 999 == 0):
                found, expected = on_gpu.search(query, 10, allowed), on_cpu.search(query, 10, allowed)
                assert [row for row, _ in found] == [row for row, _ in expected]
                assert [s for _, s in found] == pytest.approx([s for _, s in expected], abs=1e-4)


@pytest.mark.gpu
class TestCagraIndex(VectorIndexContract, ApproximateContract):
    @pytest.fixture
    def make(self) -> Make:
        if not gpu.builds_cagra():
            missing("gpu", "FAISS has no CAGRA here; install the extra gpu on a machine with an NVIDIA GPU")
        return gpu.CagraIndex

    def test_it_finds_nearly_all_among_half_a_million_rows(self, make: Make) -> None:
        random = np.random.default_rng(4)
        centres = unit_rows(2_000, dimensions=384)
        rows = centres[random.integers(2_000, size=500_000)] + 0.6 * unit_rows(500_000, seed=5, dimensions=384)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        index, truth = make(rows), gpu.GpuExactIndex(rows)
        queries = rows[:50] + 0.3 * unit_rows(50, seed=6, dimensions=384)
        assert np.mean([len(_rows(index, query) & _rows(truth, query)) / 10 for query in queries]) >= 0.95


@pytest.fixture(scope="module")
def pgvector_url() -> Iterator[str]:
    """A database of a PostgreSQL that has pgvector, as psycopg takes it."""
    try:
        server = PostgresServer.start(binaries_with_pgvector())
    except PostgresMissing as reason:
        missing("postgres", str(reason))
    yield server.create_database().replace("+psycopg", "")
    server.stop()


@pytest.mark.postgres
class TestPgvectorIndex(VectorIndexContract):
    @pytest.fixture
    def make(self, pgvector_url: str) -> Make:
        return partial(_filled, lambda name, d: PgvectorIndex(partial(psycopg.connect, pgvector_url), name, d))

    def test_a_collection_is_found_again_and_refused_to_another_model(self, pgvector_url: str) -> None:
        connect, rows = partial(psycopg.connect, pgvector_url), unit_rows(5)
        PgvectorIndex(connect, "harbour-bank", DIMENSIONS).add(rows)
        assert PgvectorIndex(connect, "harbour-bank", DIMENSIONS).search(rows[3], 1)[0][0] == 3
        with pytest.raises(DimensionMismatch):
            PgvectorIndex(connect, "harbour-bank", 5)

    def test_a_collection_without_a_name_is_refused(self, pgvector_url: str) -> None:
        with pytest.raises(ValueError, match="needs a name that holds its institution's id"):
            PgvectorIndex(partial(psycopg.connect, pgvector_url), "", DIMENSIONS)


@pytest.mark.postgres
class TestPgvectorGraph(VectorIndexContract, ApproximateContract):
    """The same with its graph, walked even where the planner would rather compare the few rows of a test."""

    @pytest.fixture
    def make(self, pgvector_url: str) -> Make:
        options = "-c enable_seqscan=off -c hnsw.ef_search=100"
        return partial(_with_graph, partial(psycopg.connect, pgvector_url, options=options))


@pytest.fixture(scope="module")
def milvus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("milvus_lite") is None:
        missing("milvus", "there is no milvus_lite; install the extra milvus")
    return tmp_path_factory.mktemp("milvus") / "vectors.db"


@pytest.fixture(scope="module")
def milvus(milvus_file: Path) -> Iterator[Callable[[str, int], MilvusIndex]]:
    from pymilvus import MilvusClient  # five seconds

    from retrieval.indexes.milvus import MilvusIndex

    client = MilvusClient(str(milvus_file))
    yield partial(MilvusIndex, client)
    client.close()


class TestMilvusIndex(VectorIndexContract):
    @pytest.fixture
    def make(self, milvus: Callable[[str, int], MilvusIndex]) -> Make:
        return partial(_filled, milvus)

    def test_a_collection_is_found_again_and_refused_to_another_model(
        self, milvus: Callable[[str, int], MilvusIndex]
    ) -> None:
        rows = unit_rows(5)
        milvus("harbour-bank", DIMENSIONS).add(rows)
        assert milvus("harbour-bank", DIMENSIONS).search(rows[3], 1)[0][0] == 3
        with pytest.raises(DimensionMismatch):
            milvus("harbour-bank", 5)


def test_allowed_rows_are_told_as_stretches() -> None:
    assert ranges(np.array([True, True, False, True])) == ((0, 2), (3, 4))
    assert ranges(np.array([False, False])) == ranges(np.zeros(0, dtype=np.bool_)) == ()


def _filled(make: Callable[[str, int], VectorIndex], vectors: Vectors) -> VectorIndex:
    index = make(next(_NAMES), vectors.shape[1])
    index.add(vectors)
    return index


def _with_graph(connect: Callable[[], psycopg.Connection], vectors: Vectors) -> VectorIndex:
    index = PgvectorIndex(connect, next(_NAMES), vectors.shape[1])
    index.add(vectors)
    index.build_graph()
    return index
