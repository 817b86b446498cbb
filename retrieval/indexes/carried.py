"""An index that takes long to build, carried from one snapshot to the next: what is new is added, the rest is there.

Rows of a snapshot are in the order of its versions, numbers of the index in the order they were added.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

import faiss
import numpy as np

from retrieval.indexes.choice import Make
from retrieval.ports import Mask, VectorIndex, Vectors

SLICE = 100  # rows added between two searches


@dataclass(frozen=True)
class Part:
    """A segment as it lies in a snapshot: its ``address``, its first row, its vectors."""

    address: str
    start: int
    vectors: Vectors


@dataclass(frozen=True)
class Stretch:
    """``length`` rows of a snapshot from ``row`` on, which the index has as numbers from ``number`` on."""

    row: int
    number: int
    length: int


class CarriedIndex:
    """One institution's. Searches and additions take turns: FAISS allows no search while a graph grows."""

    def __init__(self, make: Make, parts: tuple[Part, ...], vectors: Vectors) -> None:
        """Index ``vectors``, the rows of all ``parts``, by one thread, so that answers keep the others."""
        faiss.omp_set_num_threads(1)  # of this thread only
        self._index: VectorIndex = make(vectors)
        self._numbers = {part.address: part.start for part in parts}
        self._given = len(vectors)
        self._lock, self._growing = Lock(), Lock()

    def missing(self, parts: tuple[Part, ...]) -> int:
        """How many rows of ``parts`` the index does not have yet."""
        return sum(len(part.vectors) for part in parts if part.address not in self._numbers)

    def stale(self, parts: tuple[Part, ...]) -> int:
        """How many rows of the index are not of ``parts``."""
        return self._given - sum(len(part.vectors) for part in parts if part.address in self._numbers)

    def view(self, parts: tuple[Part, ...]) -> CarriedView:
        """The index as the snapshot of ``parts`` sees it; what is missing is added first."""
        with self._growing:
            for part in parts:
                if part.address not in self._numbers:
                    self._numbers[part.address] = self._added(part.vectors)
            return CarriedView(self, tuple(_stretches(parts, self._numbers)))

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return self._index.dimensions

    def search(
        self, vector: Vectors, k: int, stretches: tuple[Stretch, ...], allowed: Mask | None
    ) -> list[tuple[int, float]]:
        """``VectorSearch.search`` by number, among the rows of ``stretches`` that are allowed."""
        with self._lock:
            only = np.zeros(self._given, dtype=np.bool_)
            for each in stretches:
                chosen = True if allowed is None else allowed[each.row : each.row + each.length]
                only[each.number : each.number + each.length] = chosen
            return self._index.search(vector, k, None if only.all() else only)

    def _added(self, vectors: Vectors) -> int:
        """The number of the first of ``vectors``; searches get their turn in between."""
        first = self._given
        for start in range(0, len(vectors), SLICE):
            with self._lock:
                self._given = self._index.add(vectors[start : start + SLICE]).stop
        return first


class CarriedView:
    """``VectorSearch`` over the rows of one snapshot. Of equals at the cut, those that were added first are kept."""

    def __init__(self, carried: CarriedIndex, stretches: tuple[Stretch, ...]) -> None:
        self._carried, self._stretches = carried, stretches
        self._by_number = sorted(stretches, key=lambda stretch: stretch.number)
        self._starts = [stretch.number for stretch in self._by_number]

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return self._carried.dimensions

    def __len__(self) -> int:
        return sum(stretch.length for stretch in self._stretches)

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """See ``VectorSearch.search``."""
        found = self._carried.search(vector, k, self._stretches, allowed)
        return sorted(((self._row(number), score) for number, score in found), key=lambda hit: (-hit[1], hit[0]))

    def _row(self, number: int) -> int:
        stretch = self._by_number[bisect_right(self._starts, number) - 1]
        return stretch.row + number - stretch.number


def _stretches(parts: tuple[Part, ...], numbers: Mapping[str, int]) -> Iterator[Stretch]:
    """The parts as stretches, neighbours on both sides joined: one for all rows that were indexed together."""
    row = number = length = 0
    for part in parts:
        if not len(part.vectors):
            continue
        if (part.start, numbers[part.address]) != (row + length, number + length):
            if length:
                yield Stretch(row, number, length)
            row, number, length = part.start, numbers[part.address], 0
        length += len(part.vectors)
    if length:
        yield Stretch(row, number, length)
