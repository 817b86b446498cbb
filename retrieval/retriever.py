"""A question -> the passages of one institution's snapshot, found by meaning and by words together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import structlog
from numpy.typing import NDArray

from knowledge_bases.schema import Language, Passage, VersionKey
from retrieval.expansion import Lexicon
from retrieval.fusion import Leg, convex, log_odds
from retrieval.lexicon_files import shipped_lexicon
from retrieval.ports import Embedder, Mask, Vectors
from retrieval.quotable import Sought
from retrieval.snapshot import Snapshot
from retrieval.strength import evidence_strength
from retrieval.tokens import is_character, is_chinese
from retrieval.types import Query

CANDIDATES = 100  # rows each leg may propose
DENSE_WEIGHT = 0.5  # of a question the embedder can read; the rest is the words' share
SAME_LANGUAGE_BONUS = 0.1  # fused scores lie in [0, 1]; settles near ties between siblings, no more
FOLLOW_UP_WEIGHT = 0.3  # of a term carried over from the question before
FOLLOW_UP_TERMS = 4  # a question of fewer terms of its own leans on the one before

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Result:
    """What one question found. ``weights`` are its terms and their equals by how much each tells: weight x rarity.

    ``strength`` in [0, 1] says how likely the passages answer. ``degraded`` names the legs that were down:
    ``("dense",)`` or nothing.
    """

    passages: tuple[Passage, ...]
    weights: Mapping[str, float]
    strength: float
    degraded: tuple[str, ...] = ()


class Retriever:
    """Searches one snapshot. Without an embedder, or when it fails, the words alone decide (promise 9).

    Safe to share between threads.
    """

    def __init__(self, snapshot: Snapshot, embedder: Embedder | None, lexicon: Lexicon | None = None) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self._lexicon = lexicon or shipped_lexicon()

    def search(self, query: Query, allowed: Collection[VersionKey] | None = None) -> tuple[Passage, ...]:
        """At most ``query.k`` passages, best first, of the versions in ``allowed``; None allows all, () none."""
        return self.retrieve(query, allowed).passages

    def retrieve(self, query: Query, allowed: Collection[VersionKey] | None = None) -> Result:
        """``search`` with what it rests on: the weighted terms, and how strongly the passages answer."""
        terms = self.terms(query)
        if not self._snapshot.chunks:
            return self._result(query, {}, ())
        mask = self._mask(allowed)
        words = self._snapshot.lexical.search(terms, CANDIDATES, mask)
        vector, degraded = self._vector(query)
        near = [] if vector is None else self._snapshot.dense.search(vector, CANDIDATES, mask)
        rows = np.array(sorted({row for row, _ in (*words, *near)}), dtype=np.int64)
        lexical = self._snapshot.lexical.scores(terms)[rows]
        dense = None if vector is None else self._snapshot.vectors[rows] @ vector
        passages = self._passages(query, rows, lexical, dense)
        return self._result(query, self._telling(terms), passages, degraded)

    def terms(self, query: Query) -> dict[str, float]:
        """The weighted terms of the question; a short follow-up takes those of the question before with less weight."""
        weights = self._lexicon.weigh(query.text)
        whole = [term for term, weight in weights.items() if weight == 1]
        if query.history and len(whole) < FOLLOW_UP_TERMS:
            for term, weight in self._lexicon.weigh(query.history[-1]).items():
                weights.setdefault(term, FOLLOW_UP_WEIGHT * weight)
        return weights

    def idf(self, term: str) -> float:
        """How rare a term is in this snapshot (BM25's inverse document frequency, >= 0)."""
        return self._snapshot.lexical.idf(term)

    def _result(
        self, query: Query, weights: Mapping[str, float], passages: tuple[Passage, ...], degraded: tuple[str, ...] = ()
    ) -> Result:
        sought = Sought(query.text, query.language, weights)
        return Result(passages, weights, evidence_strength(sought, passages), degraded)

    def _telling(self, terms: Mapping[str, float]) -> dict[str, float]:
        """The terms weighted by their rarity; single Chinese characters say too little to choose a quote by.

        An equal that no document has says nothing of what is missing, and is left out.
        """
        return {
            term: weight * self.idf(term)
            for term, weight in terms.items()
            if not is_character(term) and (weight == 1 or self._snapshot.lexical.holds(term))
        }

    def _vector(self, query: Query) -> tuple[Vectors | None, tuple[str, ...]]:
        """The question's vector, None where the embedder cannot read the language or is down."""
        if is_chinese(query.text) or not query.text.strip():
            return None, ()
        if self._embedder is None:
            return None, ("dense",)
        try:
            return self._embedder.embed([self._in_context(query)])[0], ()
        except Exception as error:  # any failure of a model costs its leg, never the answer (promise 9)
            log.warning("retrieval.dense.failed", error=type(error).__name__, snapshot=self._snapshot.id)
            return None, ("dense",)

    def _in_context(self, query: Query) -> str:
        is_follow_up = query.history and len(self._lexicon.weigh(query.text)) < FOLLOW_UP_TERMS
        return f"{query.history[-1]} {query.text}" if is_follow_up else query.text

    def _mask(self, allowed: Collection[VersionKey] | None) -> Mask | None:
        if allowed is None:
            return None
        mask = np.zeros(len(self._snapshot.chunks), dtype=np.bool_)
        for key in allowed:
            rows = self._snapshot.rows.get(key, range(0))
            mask[rows.start : rows.stop] = True
        return mask

    def _passages(
        self, query: Query, rows: NDArray[np.int64], lexical: NDArray[np.float32], dense: Vectors | None
    ) -> tuple[Passage, ...]:
        fused = self._fused(query.language, rows.tolist(), lexical, dense)
        cosines = dict(zip(rows.tolist(), dense.tolist(), strict=True)) if dense is not None else {}
        words = dict(zip(rows.tolist(), lexical.tolist(), strict=True))
        best = sorted(fused, key=lambda row: (-fused[row], row))[: query.k]
        return tuple(
            Passage(self._snapshot.chunks[row], rank, fused[row], cosines.get(row), words[row])
            for rank, row in enumerate(best, 1)
        )

    def _fused(
        self, language: Language, rows: Sequence[int], lexical: NDArray[np.float32], dense: Vectors | None
    ) -> dict[int, float]:
        """Both legs score every candidate, so that neither gates the other; then the customer's language counts."""
        legs = [Leg(dict(zip(rows, lexical.tolist(), strict=True)), 1 - DENSE_WEIGHT)]
        if dense is not None:
            legs.append(Leg(log_odds(dict(zip(rows, dense.tolist(), strict=True))), DENSE_WEIGHT))
        return {
            row: score + SAME_LANGUAGE_BONUS * _kinship(self._snapshot.chunks[row].language, language)
            for row, score in convex(legs).items()
        }


def _kinship(one: Language, other: Language) -> float:
    """1 for the same written language, 0.5 for the two scripts of Chinese, else 0."""
    if one is other:
        return 1.0
    return 0.5 if Language.EN not in (one, other) else 0.0
