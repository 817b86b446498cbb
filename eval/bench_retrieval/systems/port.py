"""What a system has to be able to do to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eval.bench_retrieval.cost import Costs
from eval.bench_retrieval.material import Material
from retrieval.ports import Vectors


@dataclass(frozen=True)
class Face:
    """One way of asking a system. ``parts`` are those of its build that it needs, as its costs name them.

    ``search`` takes a question to ``K`` passages, its embedding included, and may be called by two threads at once;
    ``embed`` is that embedding alone. ``nearest`` gives the ``K`` rows its index of vectors finds for a vector.
    """

    name: str
    how: str
    parts: tuple[str, ...]
    search: Callable[[str], object]
    embed: Callable[[str], object]
    nearest: Callable[[Vectors], Sequence[int]]


class System(Protocol):
    """A system in a process of its own."""

    def build(self, material: Material, folder: Path, costs: Costs) -> None:
        """Index ``material``, whose vectors are given, and take down what it costs; files go into ``folder``."""

    def faces(self) -> Iterator[Face]:
        """The ways of asking it. Each is done with before the next is taken, which may change the system."""
