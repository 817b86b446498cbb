"""Ranking by shared terms: BM25 (Lucene's variant) over terms made by ``retrieval.tokens``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

from retrieval.ports import Mask

K1 = 1.2
B = 0.75


class Bm25Index:
    """``LexicalIndex`` over the terms of each row. Statistics are those of all rows, whatever a search allows."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._size = len(rows)
        self._ids: dict[str, int] = {}
        coded = [[self._ids.setdefault(term, len(self._ids)) for term in row] for row in rows]
        self._frequencies = _document_frequencies(coded, len(self._ids))
        self._index = bm25s.BM25(k1=K1, b=B, method="lucene")
        if self._ids:
            self._index.index((coded, dict(self._ids)), show_progress=False, create_empty_token=False)

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
        by_weight: dict[float, list[int]] = defaultdict(list)
        for term, weight in terms.items():
            if term in self._ids:
                by_weight[weight].append(self._ids[term])
        total = np.zeros(self._size, dtype=np.float32)
        for weight, ids in by_weight.items():
            total += weight * self._index.get_scores_from_ids(ids)
        return total

    def holds(self, term: str) -> bool:
        """Whether any row has ``term``."""
        return term in self._ids

    def idf(self, term: str) -> float:
        """Lucene's inverse document frequency, > 0; the highest for a term no row has."""
        frequency = self._frequencies[self._ids[term]] if term in self._ids else 0
        return float(np.log1p((self._size - frequency + 0.5) / (frequency + 0.5)))


def _document_frequencies(coded: Sequence[Sequence[int]], vocabulary: int) -> NDArray[np.int64]:
    distinct = [np.unique(row) for row in coded if row]
    merged = np.concatenate(distinct) if distinct else np.empty(0, dtype=np.int64)
    return np.bincount(merged.astype(np.int64), minlength=vocabulary)


def _best(scores: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    positive = np.flatnonzero(scores > 0)
    if 0 < k < len(positive):
        cut = np.partition(scores[positive], -k)[-k]
        positive = positive[scores[positive] >= cut]
    order = positive[np.lexsort((positive, -scores[positive]))][: max(k, 0)]
    return [(int(row), float(scores[row])) for row in order]
