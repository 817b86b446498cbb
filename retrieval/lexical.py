"""Ranking by shared terms: BM25 (Lucene's variant) over terms made by ``retrieval.tokens``.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009); Lucene leaves out the constant
factor k1 + 1, as Kamphuis and others describe (Which BM25 Do You Mean?, 2020).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.ports import Mask
from retrieval.postings import Postings

Rows = NDArray[np.int64]

K1 = 1.2
B = 0.75


class Bm25Index:
    """``LexicalIndex`` over postings. Statistics are those of all rows, whatever a search allows.

    What a term adds to a row is worked out when the index is made, so that a search only adds up.
    """

    def __init__(self, postings: Postings) -> None:
        counts = postings.by_term()
        self._size = postings.size
        self._ids = {term: place for place, term in enumerate(postings.vocabulary)}
        self._starts, self._rows = counts.indptr, counts.indices
        self._lengths = np.bincount(self._rows, weights=counts.data, minlength=self._size).astype(np.int64)
        self._shares = _saturated(counts.data, self._rows, self._lengths)
        self._order, self._ends = postings.order, np.cumsum(self._lengths)

    def __len__(self) -> int:
        return self._size

    def search(self, terms: Mapping[str, float], k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """See ``LexicalIndex.search``."""
        scores = self.scores(terms)
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)
        return _best(scores, k)

    def scores(self, terms: Mapping[str, float]) -> NDArray[np.float32]:
        """The weighted score of every row, shape (n,), 0 where no term is shared."""
        total = np.zeros(self._size, dtype=np.float32)
        for term, weight in terms.items():
            if term in self._ids:
                own = self._own(term)
                total[self._rows[own]] += np.float32(weight * self.idf(term)) * self._shares[own]
        return total

    def scores_of(self, terms: Mapping[str, float], rows: Rows) -> NDArray[np.float32]:
        """``scores(terms)[rows]``, without looking at any other row."""
        total = np.zeros(len(rows), dtype=np.float32)
        for term, weight in terms.items():
            places, there = self._holding(term, rows)
            total[there] += np.float32(weight * self.idf(term)) * self._shares[places[there]]
        return total

    def lengths(self, rows: Rows) -> NDArray[np.int64]:
        """How many terms each of ``rows`` has, repeats counted, shape (len(rows),)."""
        return self._lengths[rows]

    def present(self, terms: Sequence[str], rows: Rows) -> NDArray[np.bool_]:
        """Which of ``terms`` each of ``rows`` has, shape (len(terms), len(rows))."""
        found = np.zeros((len(terms), len(rows)), dtype=np.bool_)
        for number, term in enumerate(terms):
            found[number] = self._holding(term, rows)[1]
        return found

    def beside(self, pairs: Sequence[tuple[str, str]], rows: Rows) -> NDArray[np.int64]:
        """How often the second term of a pair follows at once on the first, shape (len(pairs), len(rows))."""
        counts = np.zeros((len(pairs), len(rows)), dtype=np.int64)
        read = [self._order[self._ends[row] - self._lengths[row] : self._ends[row]] for row in rows.tolist()]
        owners = np.repeat(np.arange(len(rows)), self._lengths[rows])
        if len(owners) < 2:
            return counts
        order = np.concatenate(read)
        first, then, same = order[:-1], order[1:], owners[:-1] == owners[1:]
        for number, (one, other) in enumerate(pairs):
            if one in self._ids and other in self._ids:
                hits = (first == self._ids[one]) & (then == self._ids[other]) & same
                counts[number] = np.bincount(owners[:-1][hits], minlength=len(rows))
        return counts

    def holds(self, term: str) -> bool:
        """Whether any row has ``term``."""
        return term in self._ids

    def idf(self, term: str) -> float:
        """Lucene's inverse document frequency, > 0; the highest for a term no row has."""
        own = self._own(term)
        frequency = int(own.stop - own.start)
        return float(np.log1p((self._size - frequency + 0.5) / (frequency + 0.5)))

    def _holding(self, term: str, rows: Rows) -> tuple[Rows, NDArray[np.bool_]]:
        """Where the posting of ``term`` in each of ``rows`` lies, and whether there is one."""
        own = self._own(term)
        holders = self._rows[own]
        if not len(holders):
            return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
        places = np.minimum(np.searchsorted(holders, rows), len(holders) - 1)
        return own.start + places, holders[places] == rows

    def _own(self, term: str) -> slice:
        """Where the postings of a term lie; an empty slice for one that no row has."""
        place = self._ids.get(term)
        return slice(0, 0) if place is None else slice(self._starts[place], self._starts[place + 1])


def _saturated(counts: NDArray[np.int32], rows: NDArray[np.int32], lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """What each posting counts for before its term's rarity, in (0, 1): less in rows longer than the average."""
    if not len(counts):
        return np.zeros(0, dtype=np.float32)
    damping = K1 * (1 - B + B * lengths / lengths.mean())
    shares: NDArray[np.float32] = (counts / (counts + damping[rows])).astype(np.float32)
    return shares


def _best(scores: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    positive = np.flatnonzero(scores > 0)
    if 0 < k < len(positive):
        cut = np.partition(scores[positive], -k)[-k]
        positive = positive[scores[positive] >= cut]
    order = positive[np.lexsort((positive, -scores[positive]))][: max(k, 0)]
    return [(int(row), float(scores[row])) for row in order]
