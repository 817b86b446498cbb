from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eval.bench_retrieval import measure
from eval.bench_retrieval.children import MOST_S, OURS, estimated_s, figures_or_absence
from eval.bench_retrieval.cost import Cost, Costs
from eval.bench_retrieval.figures import Absence, Times
from eval.bench_retrieval.material import Material, prepared
from eval.bench_retrieval.systems.port import Face
from retrieval.ports import Vectors
from tests.eval.bench_retrieval.test_material import given
from tests.eval.bench_retrieval.test_report import figures


class Fake:
    """Finds rows 0 to 9 for everything."""

    def build(self, material: Material, folder: Path, costs: Costs) -> None:
        with costs.of("one"):
            time.sleep(0.01)
        with costs.of("other"):
            (folder / "file").write_bytes(b"x" * 3_000)
        costs.stored("other", folder)

    def faces(self) -> Iterator[Face]:
        yield Face("whole", "by fake", ("one", "other"), str.upper, str.lower, self._nearest)
        yield Face("half", "by fake", ("one",), str.upper, str.lower, self._nearest)

    def _nearest(self, vector: Vectors) -> Sequence[int]:
        return range(10)


def test_a_face_has_the_costs_of_the_parts_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "system", lambda _: Fake())
    monkeypatch.setattr(measure, "WARMING", 1)
    store = tmp_path / "store"
    store.mkdir()
    whole, half = measure.measured("fake", prepared(given(), 30, tmp_path / "material"), store)
    assert (whole.name, whole.size, whole.disk, half.disk) == ("whole", 30, 100.0, 0.0)
    assert whole.build_s >= half.build_s >= 0.01
    assert (whole.times.count, whole.english.count, whole.chinese.count) == (1, 0, 1)


def test_recall_is_the_share_of_true_neighbours_whatever_their_order() -> None:
    true = [list(range(10)), list(range(10, 20))]
    assert measure.recall([list(reversed(range(10))), range(10, 20)], true) == 1.0
    assert measure.recall([range(10), range(5, 15)], true) == pytest.approx(0.75)
    assert measure.recall([], true) == 0.0


def test_percentiles_are_of_the_searches_that_were_asked() -> None:
    assert Times.of([float(number) for number in range(1, 102)]) == Times(51.0, 96.0, 101)
    assert Times.of([]) == Times()


def test_a_slow_system_is_asked_fewer_questions_and_no_fewer_than_promised() -> None:
    assert len(measure.timed_ms(str.upper, ["question"] * 100, most_s=0.0)) == measure.FEWEST
    assert len(measure.timed_ms(str.upper, ["question"] * 3, most_s=0.0)) == 3
    assert len(measure.timed_ms(str.upper, ["question"] * 100)) == 100


def test_the_rate_counts_what_was_answered_by_two_at_once() -> None:
    assert 60 < measure.rate(lambda _: time.sleep(0.02), ["question"] * 20) < 101


def test_costs_of_a_part_add_up() -> None:
    assert Cost(1.0, 2.0, 3.0) + Cost(1.0, 1.0, 1.0) == Cost(2.0, 3.0, 4.0)


def test_a_peer_that_would_take_too_long_is_left_out_with_the_estimate(tmp_path: Path) -> None:
    last = figures("peer", "Peer", size=10, build_s=MOST_S / 2)
    material = prepared(given(), 30, tmp_path)
    found = figures_or_absence("peer", material, [last, figures(OURS, "Candour", size=20, build_s=1.0)])
    assert found == Absence("peer", 30, "building would take about 15 minutes at the rate of its last size")


def test_an_estimate_goes_by_the_largest_size_and_is_nothing_without_one() -> None:
    before = [figures("peer", "Peer", size=10, build_s=9.0), figures("peer", "Peer", size=100, build_s=20.0)]
    assert estimated_s("peer", 1_000, before) == 200.0
    assert estimated_s("other", 1_000, before) == 0.0


def test_a_system_that_fails_is_named_with_its_reason(tmp_path: Path) -> None:
    found = figures_or_absence("nobody", prepared(given(), 30, tmp_path), [])
    assert isinstance(found, Absence)
    assert "KeyError" in found.why
