"""A run as markdown, with its plots beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.bench_retrieval.figures import FaceFigures, Point, Run, Times
from eval.bench_retrieval.markdown import table
from eval.bench_retrieval.material import K
from eval.bench_retrieval.method import corpus, method, setting
from eval.bench_retrieval.plots import BUDGET_AT, BUDGET_MS, plots

SEARCH = ("chunks", "system", "how", "search", "embedding", "rest", "English", "Chinese", "questions/s, two at once")
COST = ("chunks", "system", "built, s", "bytes a chunk, memory", "bytes a chunk, disk", "recall@10 of vectors")
CAPTIONS = {
    "retrieval-latency.svg": "Time of a search by size and system",
    "retrieval-recall.svg": "Recall of the approximate indexes beside their time",
    "retrieval-building.svg": "Time to build by size and system",
}


def write_report(run: Run, out: Path) -> None:
    """Write ``retrieval.md`` and the plots into ``out``, made where it is not there."""
    out.mkdir(parents=True, exist_ok=True)
    drawn = plots(run, out)
    (out / "retrieval.md").write_text("\n".join(lines(run, drawn)) + "\n", "utf-8")


def lines(run: Run, drawn: Sequence[str]) -> list[str]:
    """The report, a line each; ``drawn`` are the plots that are there."""
    return [
        "# Retrieval beside its peers",
        "",
        "Made by the command at its end; no figure here was written by hand.",
        "",
        *_verdict(run),
        *_figures(run, drawn),
        *_absences(run),
        *_indexes(run),
        *method(run),
        *corpus(run),
        *setting(run),
    ]


def _verdict(run: Run) -> list[str]:
    """The budget, met or missed, and ours beside the quickest peer that is hybrid too."""
    ours = [each for each in run.faces if each.name == "Candour" and each.size == BUDGET_AT]
    if not ours:
        return []
    own, peers = ours[0], [each for each in run.faces if each.size == BUDGET_AT and each.system != "candour"]
    verdict = "met" if own.times.p95 <= BUDGET_MS else "**missed**"
    said = [
        f"At {BUDGET_AT:,} chunks a hybrid search of ours takes {_times(own.times)} ms (p50 / p95), the embedding of "
        f"the question included; English questions alone {_times(own.english)}. "
        f"The budget, a p95 of {BUDGET_MS:.0f} ms, is {verdict}.",
    ]
    for each in peers:
        said.append(
            f"- {each.name}: {_times(each.times)} ms, {each.times.p50 / own.times.p50:.1f} times our p50; without the "
            f"embedding {_rest(each):.1f} ms beside {_rest(own):.1f} of ours"
        )
    return [said[0], "", *said[1:], ""]


def _figures(run: Run, drawn: Sequence[str]) -> list[str]:
    told = ["## Searches", "", *(line for name in drawn if "latency" in name for line in _image(name))]
    told += [
        "One search after the other, in milliseconds (p50 / p95). *Embedding* is the median of the question's alone, "
        "*rest* what is left of the search's.",
        "",
    ]
    told += table(SEARCH, (_search_row(each) for each in _ordered(run)))
    told += ["", "## Building, memory, disk", ""]
    told += [line for name in drawn if "building" in name for line in _image(name)]
    return [*told, *table(COST, (_cost_row(each) for each in _ordered(run))), ""]


def _search_row(each: FaceFigures) -> tuple[str, ...]:
    return (
        f"{each.size:,}", _bold(each), each.how, _times(each.times), f"{each.embed.p50:.1f}", f"{_rest(each):.1f}",
        _times(each.english), _times(each.chinese), f"{each.rate:.1f}",
    )  # fmt: skip


def _cost_row(each: FaceFigures) -> tuple[str, ...]:
    disk = f"{each.disk:,.0f}" if each.disk else "–"
    return (
        f"{each.size:,}", _bold(each), f"{each.build_s:,.1f}", f"{each.memory:,.0f}", disk, f"{each.recall:.3f}",
    )  # fmt: skip


def _absences(run: Run) -> list[str]:
    if not run.absences:
        return []
    return ["Left out:", "", *(f"- {each.system} at {each.size:,}: {each.why}" for each in run.absences), ""]


def _indexes(run: Run) -> list[str]:
    told: list[str] = []
    for curves in run.curves:
        exact = next(point for point in curves.points if not point.setting)
        built = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in curves.built.items())
        told += [f"## Indexes of vectors, {curves.size:,} rows", "", *_image("retrieval-recall.svg")]
        told += [
            f"Search by vector alone, one thread, {K} rows wanted. Every row compared: {_times(exact.times, 2)} ms. "
            f"Built by one thread: {built}. Bold: as shipped; which index an institution gets goes by its size "
            "(`retrieval/indexes/choice.py`).",
            "",
        ]
        rows = (_point_row(point) for point in curves.points if point.setting)
        told += [*table(("index", "recall@10", "search ms"), rows), ""]
    return told


def _point_row(point: Point) -> tuple[str, ...]:
    name = f"{point.index}, {point.setting}"
    return (f"**{name}**" if point.shipped else name), f"{point.recall:.3f}", _times(point.times, 2)


def _ordered(run: Run) -> list[FaceFigures]:
    return sorted(run.faces, key=lambda each: (each.size, each.system != "candour"))


def _bold(each: FaceFigures) -> str:
    return f"**{each.name}**" if each.system == "candour" else each.name


def _rest(each: FaceFigures) -> float:
    return max(0.0, each.times.p50 - each.embed.p50)


def _times(times: Times, digits: int = 1) -> str:
    return f"{times.p50:.{digits}f} / {times.p95:.{digits}f}" if times.count else "–"


def _image(name: str) -> list[str]:
    return [f"![{CAPTIONS[name]}]({name})", ""]
