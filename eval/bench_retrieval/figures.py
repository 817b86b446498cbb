"""The figures of a run, and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Times:
    """Of one search after the other, in milliseconds. No times: all are 0."""

    p50: float = 0.0
    p95: float = 0.0
    count: int = 0

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> Times:
        if not milliseconds:
            return cls()
        p50, p95 = np.percentile(milliseconds, [50, 95])
        return cls(float(p50), float(p95), len(milliseconds))


@dataclass(frozen=True)
class FaceFigures:
    """One way of asking one ``system`` at one size.

    ``times`` are of whole searches, by language as well; ``embed`` of the question's embedding alone. ``rate`` is
    questions a second with two asked at once. ``recall`` is that of its index of vectors beside comparing every row,
    in [0, 1]. ``memory`` and ``disk`` are bytes a chunk; 0 on disk: it has none.
    """

    system: str
    name: str
    how: str
    size: int
    times: Times
    english: Times
    chinese: Times
    embed: Times
    rate: float
    recall: float
    build_s: float
    memory: float
    disk: float
    load: float


@dataclass(frozen=True)
class Absence:
    """A system that was not measured at a size, and why."""

    system: str
    size: int
    why: str


@dataclass(frozen=True)
class Point:
    """An index at one setting; ``times`` are of its search alone."""

    index: str
    setting: str
    recall: float
    times: Times
    shipped: bool


@dataclass(frozen=True)
class Curves:
    """What indexes find and take at ``size`` rows, and how long each is built, in seconds."""

    size: int
    points: tuple[Point, ...]
    built: dict[str, float]


@dataclass(frozen=True)
class Origin:
    """How many texts of an origin are among the real ones, and their mean length in characters."""

    name: str
    texts: int
    characters: float


@dataclass(frozen=True)
class Run:
    """All that the report says."""

    commands: tuple[str, ...]
    machine: dict[str, str]
    versions: dict[str, str]
    real: int
    origins: tuple[Origin, ...]
    sizes: tuple[int, ...]
    faces: tuple[FaceFigures, ...] = ()
    absences: tuple[Absence, ...] = ()
    curves: tuple[Curves, ...] = ()
    minutes: dict[str, float] = field(default_factory=dict)


def continued(before: Run, now: Run) -> Run:
    """``now`` with what was measured ``before`` at other sizes.

    Raises:
        ValueError: the two are not of the same texts, machine and versions, so that they do not belong together.
    """
    if (before.origins, before.machine, before.versions) != (now.origins, now.machine, now.versions):
        raise ValueError("the last run was over other texts, or on another machine or versions: run all sizes again")
    again = set(now.sizes)
    return replace(
        now,
        commands=tuple(dict.fromkeys((*before.commands, *(f"{command} --add" for command in now.commands)))),
        sizes=tuple(sorted({*before.sizes, *now.sizes})),
        faces=tuple(each for each in before.faces if each.size not in again),
        absences=tuple(each for each in before.absences if each.size not in again),
        curves=tuple(each for each in before.curves if each.size not in again),
        minutes={size: minutes for size, minutes in before.minutes.items() if int(size) not in again},
    )


def write_run(path: Path, run: Run) -> None:
    """Keep a run, so that its report can be written again."""
    path.write_text(json.dumps(asdict(run), indent=1, ensure_ascii=False), "utf-8")


def read_run(path: Path) -> Run:
    """The run that ``write_run`` kept.

    Raises:
        OSError, ValueError, KeyError, TypeError: there is none.
    """
    value = json.loads(path.read_text("utf-8"))
    return Run(
        **value
        | {
            "commands": tuple(value["commands"]),
            "origins": tuple(Origin(**each) for each in value["origins"]),
            "sizes": tuple(value["sizes"]),
            "faces": faces_of(value["faces"]),
            "absences": tuple(Absence(**each) for each in value["absences"]),
            "curves": tuple(curves_of(each) for each in value["curves"]),
        }
    )


def faces_of(values: Sequence[dict[str, object]]) -> tuple[FaceFigures, ...]:
    """Plain values, as ``dataclasses.asdict`` gives them, as figures."""
    timed = ("times", "english", "chinese", "embed")
    return tuple(
        FaceFigures(**value | {name: Times(**value[name]) for name in timed})  # type: ignore[arg-type]
        for value in values
    )


def curves_of(value: dict[str, object]) -> Curves:
    """The same of curves."""
    points = tuple(Point(**point | {"times": Times(**point["times"])}) for point in value["points"])  # type: ignore[attr-defined]
    return Curves(**value | {"points": points})  # type: ignore[arg-type]
