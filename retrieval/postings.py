"""Which rows hold which terms, and how often: what BM25 ranks by, stored with a segment and merged when it is opened.

Merging costs a pass over the arrays and no tokenising, so that one new document in a large institution is searchable
at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Triples = NDArray[np.int32]


@dataclass(frozen=True)
class Postings:
    """``triples`` has a row a term and row of the index: the term's place in ``vocabulary``, the row, the count.

    ``size`` is the number of rows, those without a term included. Triples are sorted by term, then by row.
    """

    size: int
    vocabulary: tuple[str, ...]
    triples: Triples

    @classmethod
    def of(cls, rows: Sequence[Iterable[str]]) -> Postings:
        """The postings of rows of terms, repeats kept."""
        ids: dict[str, int] = {}
        found = [
            (ids.setdefault(term, len(ids)), row, count)
            for row, terms in enumerate(rows)
            for term, count in Counter(terms).items()
        ]
        triples = np.array(sorted(found), dtype=np.int32).reshape(len(found), 3)
        return cls(len(rows), tuple(ids), triples)

    def by_term(self) -> csr_array:
        """The counts, shape (len(vocabulary), size)."""
        terms, rows, counts = self.triples.T
        shape = (len(self.vocabulary), self.size)
        return csr_array((counts, (terms, rows)), shape=shape)


def merged(parts: Sequence[Postings]) -> Postings:
    """The postings of all parts as one: the rows of each follow those of the part before it."""
    ids: dict[str, int] = {}
    starts = list(accumulate((part.size for part in parts), initial=0))
    pieces = [_moved(part, ids, start) for part, start in zip(parts, starts[:-1], strict=True)]
    if not pieces:
        return Postings(0, (), np.zeros((0, 3), dtype=np.int32))
    triples = np.concatenate(pieces)
    order = np.argsort(triples[:, 0], kind="stable")
    return Postings(starts[-1], tuple(ids), triples[order])


def _moved(part: Postings, ids: dict[str, int], start: int) -> Triples:
    """The part's triples with the ids that its terms have in ``ids``, which grows, and its rows from ``start`` on."""
    places = np.array([ids.setdefault(term, len(ids)) for term in part.vocabulary], dtype=np.int32)
    moved = part.triples.copy()
    moved[:, 0] = places[moved[:, 0]] if len(places) else 0
    moved[:, 1] += start
    return moved
