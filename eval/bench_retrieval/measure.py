"""Measures one system at one size, in a process of its own: ``python -m eval.bench_retrieval.measure NAME DIR OUT``.

NAME is a system, or ``indexes`` for the curves of vector indexes alone; DIR holds the material, and takes the files
that the system writes. OUT gets the figures as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import numpy as np

from eval.bench_retrieval.cost import Costs
from eval.bench_retrieval.curves import measured as measured_curves
from eval.bench_retrieval.figures import FaceFigures, Times
from eval.bench_retrieval.material import TIMED, TOGETHER, WARMING, K, Material
from eval.bench_retrieval.systems import system
from eval.bench_retrieval.systems.port import Face
from retrieval.tokens import is_chinese

CLIENTS = 2
WARMED_S = 5.0
LONGEST_S, FEWEST = 30.0, 20  # a slow system is asked fewer questions, and never fewer than that


def measured(name: str, material: Material, folder: Path) -> list[FaceFigures]:
    """Build the system and ask it in each of its ways."""
    made, costs = system(name), Costs()
    load = os.getloadavg()[0]
    made.build(material, folder, costs)
    return [_figures((name, face), material, costs, load) for face in made.faces()]


def _figures(of: tuple[str, Face], material: Material, costs: Costs, load: float) -> FaceFigures:
    name, face = of
    asked, size, cost = material.questions, len(material), costs.total(face.parts)
    warming, timed, together = asked[:WARMING], asked[WARMING:][:TIMED], asked[WARMING + TIMED :][:TOGETHER]
    timed_ms(face.search, warming, WARMED_S, 2)
    spent = timed_ms(face.search, timed)
    chinese = [is_chinese(question) for question in timed[: len(spent)]]
    return FaceFigures(
        system=name,
        name=face.name,
        how=face.how,
        size=size,
        times=Times.of(spent),
        english=Times.of([ms for ms, other in zip(spent, chinese, strict=True) if not other]),
        chinese=Times.of([ms for ms, other in zip(spent, chinese, strict=True) if other]),
        embed=Times.of(timed_ms(face.embed, timed)),
        rate=rate(face.search, together),
        recall=recall([face.nearest(v) for v in material.question_vectors[: len(spent)]], material.nearest.tolist()),
        build_s=cost.seconds,
        memory=cost.memory / size,
        disk=cost.disk / size,
        load=load,
    )


def timed_ms(
    work: Callable[[str], object], questions: Sequence[str], most_s: float = LONGEST_S, fewest: int = FEWEST
) -> list[float]:
    """What each question took, one after the other, until ``most_s`` have passed and ``fewest`` were asked."""
    spent: list[float] = []
    for question in questions:
        if len(spent) >= fewest and sum(spent) > most_s * 1000:
            break
        began = time.perf_counter()
        work(question)
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def rate(work: Callable[[str], object], questions: Sequence[str]) -> float:
    """Questions a second with ``CLIENTS`` asking at once; none is asked after ``LONGEST_S``."""
    began = time.perf_counter()

    def ask(question: str) -> int:
        if time.perf_counter() - began > LONGEST_S:
            return 0
        work(question)
        return 1

    with ThreadPoolExecutor(CLIENTS) as pool:
        answered = sum(pool.map(ask, questions))
    return answered / (time.perf_counter() - began)


def recall(found: Sequence[Sequence[int]], true: Sequence[Sequence[int]]) -> float:
    """The mean share of the true neighbours that was found; ``found`` may be of fewer questions. None found: 0."""
    shares = [len(set(one) & set(other)) / max(1, min(K, len(other))) for one, other in zip(found, true, strict=False)]
    return float(np.mean(shares)) if shares else 0.0


def main(name: str, folder: Path, out: Path) -> None:
    """Write the figures of a system, or of the indexes."""
    material, store = Material(folder), folder / name
    store.mkdir()
    value = (
        asdict(measured_curves(material))
        if name == "indexes"
        else [asdict(figures) for figures in measured(name, material, store)]
    )
    out.write_text(json.dumps(value), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python -m eval.bench_retrieval.measure NAME DIR OUT")
    main(sys.argv[1], *map(Path, islice(sys.argv, 2, 4)))
