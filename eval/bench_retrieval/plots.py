"""The report's curves as SVG: few colours, every line labelled where it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench_retrieval.curves import EXACT, HNSW, IVF
from eval.bench_retrieval.figures import Curves, FaceFigures, Point, Run

BUDGET_MS, BUDGET_AT = 15.0, 100_000  # of p95, and at how many chunks
OURS, HYBRID, DENSE, INK, FAINT = "#0b5fa5", "#c2571a", "#8a8f98", "#2b2f36", "#d9dce1"
APART = 0.06  # of the height: how far labels stand from each other at least
STYLE = {
    "svg.hashsalt": "candour", "svg.fonttype": "path", "font.size": 10, "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": INK, "text.color": INK, "axes.labelcolor": INK,
    "xtick.color": INK, "ytick.color": INK, "figure.facecolor": "white", "savefig.facecolor": "white",
}  # fmt: skip
WIDTH_IN, HEIGHT_IN = 7.3, 4.4
TICKS_MS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
NAMED = {  # an index, its colour, the point beside which its name stands, how far off in points, and on which side
    HNSW: (OURS, 0, (-9, 3), "right"),
    IVF: (HYBRID, 1, (10, -12), "left"),
    EXACT: (DENSE, 0, (0, -16), "center"),
}


@dataclass(frozen=True)
class Line:
    """A curve with its name at its end. ``ends`` are the upper ends of whiskers; none where there are none."""

    name: str
    colour: str
    points: tuple[tuple[float, float], ...]
    ends: tuple[float, ...] = ()
    dashed: bool = False


def plots(run: Run, folder: Path) -> list[str]:
    """Draw all that the run has figures for, and give the names of the files, in the order of the report."""
    names = []
    for name, draw in PLOTS.items():
        if draw(run, folder / f"{name}.svg"):
            names.append(f"{name}.svg")
    return names


def colour_of(figures: FaceFigures) -> str:
    """Ours, a hybrid peer or one that searches by vectors alone."""
    if figures.system == "candour":
        return OURS
    return DENSE if "dense only" in figures.name else HYBRID


def lines_of(run: Run, value: Callable[[FaceFigures], float], end: Callable[[FaceFigures], float] | None) -> list[Line]:
    """A line a face, over the sizes it was measured at."""
    by_name: dict[str, list[FaceFigures]] = {}
    for each in run.faces:
        by_name.setdefault(each.name, []).append(each)
    return [
        Line(
            name,
            colour_of(found[0]),
            tuple((each.size, value(each)) for each in found),
            tuple(end(each) for each in found) if end else (),
            dashed=name.endswith("exact"),
        )
        for name, found in by_name.items()
    ]


def spread(wanted: Sequence[float], apart: float) -> list[float]:
    """Places near ``wanted``, in the same order of height, each at least ``apart`` from the next."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [wanted[i] for i in order]
    for _ in range(200):
        for low in range(len(placed) - 1):
            lacking = apart - (placed[low + 1] - placed[low])
            if lacking > 1e-9:
                placed[low] -= lacking / 2
                placed[low + 1] += lacking / 2
    places = dict(zip(order, placed, strict=True))
    return [places[i] for i in range(len(wanted))]


def _latency(run: Run, path: Path) -> bool:
    lines = lines_of(run, lambda each: each.times.p50, lambda each: each.times.p95)

    def budget(axes: Any) -> Line:
        axes.axhline(BUDGET_MS, color=INK, linewidth=0.8, linestyle=(0, (1, 3)))
        edge = axes.get_xlim()[1]
        return Line(f"budget at {BUDGET_AT // 1000}k (of p95)", INK, ((edge, BUDGET_MS),))

    title = "A search, its question embedded: median, whisker to the 95th percentile (ms)"
    return _by_size(path, lines, title, budget)


def _building(run: Run, path: Path) -> bool:
    lines = lines_of(run, lambda each: max(each.build_s, 0.1), None)
    return _by_size(path, lines, "Building the indexes, vectors given (seconds)", None)


def _by_size(path: Path, lines: Sequence[Line], title: str, limit: Callable[[Any], Line] | None) -> bool:
    if not lines:
        return False
    plt, figure, axes = _figure(title)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for line in lines:
        xs, ys = zip(*line.points, strict=True)
        style = (0, (4, 2)) if line.dashed else "-"
        width = 2.4 if line.colour == OURS else 1.5
        axes.plot(xs, ys, color=line.colour, linewidth=width, linestyle=style, marker="o", markersize=4)
        for x, low, high in zip(xs, ys, line.ends, strict=False):
            axes.plot((x, x), (low, high), color=line.colour, linewidth=0.9)
    sizes = sorted({x for line in lines for x, _ in line.points})
    axes.set_xlim(sizes[0] / 1.25, sizes[-1] * 1.25)
    axes.set_xticks(sizes, [f"{int(size):,}" for size in sizes])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(plt.FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.set_xlabel("chunks")
    drawn = [limit(axes)] if limit else []
    _label_ends(axes, [*lines, *drawn], sizes[-1])
    return _save(plt, figure, path)


def _label_ends(axes: Any, lines: Sequence[Line], last: float) -> None:
    """Names right of the plot, at the height where each line ends; one that ends before ``last`` says so."""
    to_axes = axes.transData + axes.transAxes.inverted()
    ends = [to_axes.transform(line.points[-1]) for line in lines]
    for line, end, height in zip(lines, ends, spread([end[1] for end in ends], APART), strict=True):
        stops, dots = (f", to {line.points[-1][0] / 1000:,.0f}k", ":") if line.points[-1][0] < last else ("", "-")
        axes.plot(
            (end[0], 1.0, 1.02), (end[1], height, height), color=line.colour, linewidth=0.7, alpha=0.6, linestyle=dots,
            transform=axes.transAxes, clip_on=False,
        )  # fmt: skip
        weight = "bold" if line.colour == OURS else "normal"
        axes.text(
            1.03, height, line.name + stops, color=line.colour, va="center", fontsize=9, weight=weight,
            transform=axes.transAxes,
        )  # fmt: skip


def _recall(run: Run, path: Path) -> bool:
    if not run.curves:
        return False
    curves = run.curves[-1]
    title = f"{curves.size:,} vectors: true neighbours found, and the time it takes (ring: as shipped)"
    plt, figure, axes = _figure(title)
    axes.set_xscale("log")
    for name, colour in {HNSW: OURS, IVF: HYBRID, EXACT: DENSE}.items():
        _curve(axes, colour, [point for point in curves.points if point.index == name])
    lowest = min(point.recall for point in curves.points)
    axes.set_ylim(max(0.0, lowest - 0.06), 1.03)
    slowest = max(point.times.p50 for point in curves.points)
    axes.set_xlim(min(point.times.p50 for point in curves.points) / 1.6, slowest * 2.2)
    low, high = axes.get_xlim()
    ticks = [tick for tick in TICKS_MS if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("median of a search by vector (ms)")
    axes.set_ylabel("recall@10")
    _name_curves(axes, curves)
    return _save(plt, figure, path, right=0.97)


def _curve(axes: Any, colour: str, points: Sequence[Point]) -> None:
    axes.plot(
        [p.times.p50 for p in points], [p.recall for p in points], color=colour, linewidth=1.8, marker="o", markersize=4
    )
    for point in points:
        if point.shipped:
            axes.plot(
                point.times.p50, point.recall, "o", markersize=10, markerfacecolor="none", markeredgecolor=colour
            )  # fmt: skip


def _name_curves(axes: Any, curves: Curves) -> None:
    """Each index named beside a point of its curve, on the side where the other curve is not."""
    for name, (colour, place, offset, side) in NAMED.items():
        point = [each for each in curves.points if each.index == name][place]
        axes.annotate(
            name, (point.times.p50, point.recall), offset, textcoords="offset points", color=colour, ha=side,
            fontsize=9.5, weight="bold",
        )  # fmt: skip


def _figure(title: str) -> tuple[Any, Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams.update(STYLE)
    figure, axes = plt.subplots(figsize=(WIDTH_IN, HEIGHT_IN))
    figure.suptitle(title, x=0.02, ha="left", fontsize=11, weight="bold")
    axes.grid(axis="y", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    figure.subplots_adjust(left=0.09, right=0.715, top=0.88, bottom=0.13)
    return plt, figure, axes


def _save(plt: Any, figure: Any, path: Path, right: float | None = None) -> bool:
    if right is not None:
        figure.subplots_adjust(right=right)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
    return True


PLOTS: Mapping[str, Callable[[Run, Path], bool]] = {
    "retrieval-latency": _latency,
    "retrieval-recall": _recall,
    "retrieval-building": _building,
}
