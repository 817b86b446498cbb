from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.bench_retrieval.figures import (
    Absence,
    Curves,
    FaceFigures,
    Origin,
    Point,
    Run,
    Times,
    continued,
    read_run,
    write_run,
)
from eval.bench_retrieval.plots import plots, spread
from eval.bench_retrieval.report import lines


def figures(system: str, name: str, size: int, build_s: float = 1.0, p95: float = 12.0) -> FaceFigures:
    times = Times(p95 / 1.5, p95, 200)
    return FaceFigures(
        system=system, name=name, how="hybrid", size=size, times=times, english=times, chinese=times,
        embed=Times(3.0, 4.0, 200), rate=90.0, recall=0.99, build_s=build_s, memory=2_000.0, disk=0.0, load=0.1,
    )  # fmt: skip


def run(p95: float = 12.0) -> Run:
    points = (
        Point("every row compared", "", 1.0, Times(6.0, 7.0, 200), shipped=False),
        Point("HNSW", "width 10", 0.9, Times(0.1, 0.2, 200), shipped=False),
        Point("HNSW", "width 160", 0.998, Times(0.6, 0.7, 200), shipped=True),
        Point("IVF", "1 cells", 0.4, Times(0.1, 0.2, 200), shipped=False),
        Point("IVF", "32 cells", 0.99, Times(0.5, 0.6, 200), shipped=True),
    )
    faces = (
        figures("candour", "Candour", 10_000, p95=5.0),
        figures("candour", "Candour", 100_000, p95=p95),
        figures("peer", "Peer, dense only", 10_000, p95=20.0),
        figures("peer", "Peer, dense only", 100_000, p95=2 * p95),
    )
    return Run(
        commands=("python -m eval.bench_retrieval OUT",),
        machine={"processor": "one", "cores": "2"},
        versions={"faiss-cpu": "1.0"},
        real=100_000,
        origins=(Origin("documents", 100_000, 250.0),),
        sizes=(10_000, 100_000, 1_000_000),
        faces=faces,
        absences=(Absence("peer", 1_000_000, "building would take about 40 minutes"),),
        curves=(Curves(100_000, points, {"HNSW": 26.0, "IVF": 11.0}),),
        minutes={"10000": 2.0},
    )


def test_a_run_that_was_kept_is_read_as_it_was(tmp_path: Path) -> None:
    write_run(tmp_path / "run.json", run())
    assert read_run(tmp_path / "run.json") == run()


def test_a_run_takes_over_other_sizes_of_the_run_before() -> None:
    now = replace(run(), sizes=(100_000,), faces=(), absences=(), curves=(), minutes={}, commands=("again",))
    both = continued(run(), now)
    assert {each.size for each in both.faces} == {10_000}
    assert (both.sizes, both.minutes, both.curves) == ((10_000, 100_000, 1_000_000), {"10000": 2.0}, ())
    assert both.commands == ("python -m eval.bench_retrieval OUT", "again --add")


def test_runs_on_two_machines_are_not_put_together() -> None:
    with pytest.raises(ValueError, match="another machine"):
        continued(run(), replace(run(), machine={"processor": "other"}))


def test_the_report_says_whether_the_budget_is_met() -> None:
    assert "is met" in "\n".join(lines(run(p95=15.0), []))
    assert "is **missed**" in "\n".join(lines(run(p95=15.1), []))


def test_the_report_has_a_row_a_system_and_size_ours_first() -> None:
    rows = [line for line in lines(run(), []) if line.startswith(("| 10,000", "| 100,000"))]
    assert [row.split(" | ")[1] for row in rows] == ["**Candour**", "Peer, dense only"] * 4


def test_what_was_left_out_and_what_was_made_is_said() -> None:
    told = "\n".join(lines(run(), []))
    assert "peer at 1,000,000: building would take about 40 minutes" in told
    assert "At 1,000,000 chunks the rest is **made**" in told
    assert "**made**" not in "\n".join(lines(replace(run(), sizes=(10_000,)), []))


def test_the_report_names_machine_versions_seeds_and_the_command() -> None:
    told = "\n".join(lines(run(), []))
    for each in ("processor: one", "faiss-cpu 1.0", "Seeds: 7", "python -m eval.bench_retrieval OUT"):
        assert each in told


def test_a_run_without_figures_makes_a_report_without_them() -> None:
    empty = replace(run(), faces=(), curves=(), absences=())
    assert "nothing measured" in "\n".join(lines(empty, []))


def test_every_table_has_as_many_cells_in_each_row_as_heads() -> None:
    table: list[str] = []
    for line in [*lines(run(), []), ""]:
        if line.startswith("|"):
            table.append(line)
            assert line.count(" | ") == table[0].count(" | ")
        else:
            table = []


def test_labels_stand_apart_in_the_order_of_their_lines() -> None:
    places = spread([0.5, 0.51, 0.1, 0.52], apart=0.06)
    assert places[2] == pytest.approx(0.1)
    assert places[0] < places[1] < places[3]
    assert all(high - low >= 0.059 for low, high in zip(sorted(places), sorted(places)[1:], strict=False))


def test_plots_are_drawn_of_what_was_measured(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra bench is not installed: make bench")
    drawn = plots(run(), tmp_path)
    assert drawn == ["retrieval-latency.svg", "retrieval-recall.svg", "retrieval-building.svg"]
    assert all("<svg" in (tmp_path / name).read_text("utf-8") for name in drawn)
    assert plots(replace(run(), faces=(), curves=()), tmp_path) == []
