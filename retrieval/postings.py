"""Which rows hold which terms, and how often: what BM25 ranks by, stored with a segment and merged when it is opened.

Merging costs a pass over the arrays and no tokenising, so that one new document in a large institution is searchable
at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Triples = NDArray[np.int32]


@dataclass(frozen=True)
class Postings:
    """``triples`` has a row a term and row of the index: the term's place in ``vocabulary``, the row, the count.

    ``size`` is the number of rows, those without a term included. Triples are sorted by term, then by row. ``order``
    is every term's place in reading order, one row after the other: what stands beside what.
    """

    size: int
    vocabulary: tuple[str, ...]
    triples: Triples
    order: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[Iterable[str]]) -> Postings:
        """The postings of rows of terms, repeats kept."""
        ids: dict[str, int] = {}
        read = [[ids.setdefault(term, len(ids)) for term in terms] for terms in rows]
        found = [(term, row, count) for row, terms in enumerate(read) for term, count in Counter(terms).items()]
        triples = np.array(sorted(found), dtype=np.int32).reshape(len(found), 3)
        return cls(len(rows), tuple(ids), triples, np.fromiter(chain.from_iterable(read), dtype=np.int32))

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
        return Postings(0, (), np.zeros((0, 3), dtype=np.int32), np.zeros(0, dtype=np.int32))
    triples = np.concatenate([piece for piece, _ in pieces])
    by_term = np.argsort(triples[:, 0], kind="stable")
    return Postings(starts[-1], tuple(ids), triples[by_term], np.concatenate([order for _, order in pieces]))


def _moved(part: Postings, ids: dict[str, int], start: int) -> tuple[Triples, NDArray[np.int32]]:
    """The part's triples and order with the ids its terms have in ``ids``, which grows, and rows from ``start`` on."""
    places = np.array([ids.setdefault(term, len(ids)) for term in part.vocabulary], dtype=np.int32)
    moved = part.triples.copy()
    moved[:, 0] = places[moved[:, 0]] if len(places) else 0
    moved[:, 1] += start
    return moved, places[part.order] if len(places) else part.order
