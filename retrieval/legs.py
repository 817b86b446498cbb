"""The three ways a snapshot is searched: by words, by concepts and by meaning, fused over the same rows.

Words are the question's terms and their equals. Concepts are what the thesaurus knows it to name. Meaning is the
nearness of embeddings: of the question as it stands where the embedder reads its language, else of its gloss, the
English names of its concepts. Each leg scores every candidate, so that none gates another; the first of the fused
are put in a better order by the learned reranker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge_bases.schema import Language
from retrieval.fusion import Column, Leg, convex, log_odds, stretched
from retrieval.lexical import Rows
from retrieval.matches import Legs, Matches, Read, features
from retrieval.ports import Mask, Vectors
from retrieval.reranker import Reranker
from retrieval.snapshot import Snapshot

CANDIDATES = 100  # rows each leg may propose
RERANKED = 60  # of them, the first by the fused legs: of what answers, 95 % is among these
CELL_GAP = " | "
SAME_LANGUAGE_BONUS = 0.1  # fused scores lie in [0, 1]; settles near ties between siblings, no more


@dataclass(frozen=True)
class LegWeights:
    """How much each leg counts; only their ratios matter."""

    words: float
    concepts: float
    meaning: float


FAMILIAR = 0.15  # familiarity from which on concepts and gloss count in full: nine in ten Chinese questions of a trade
READ = LegWeights(words=0.45, concepts=0.10, meaning=0.45)  # the embedder reads the question itself
GLOSSED = LegWeights(words=0.45, concepts=0.30, meaning=0.25)  # it reads the question's gloss


def glossed(familiarity: float) -> LegWeights:
    """The weights of a question read by its gloss: what the thesaurus hardly knows is left to its words."""
    known = min(1.0, familiarity / FAMILIAR)
    return LegWeights(GLOSSED.words, GLOSSED.concepts * known, GLOSSED.meaning * known)


@dataclass(frozen=True)
class Searched:
    """A question as the legs take it, and ``read`` as the reranker does.

    ``vector`` is None where there is no embedding; ``weights`` fuse the legs.
    """

    terms: Mapping[str, float]
    concepts: Mapping[str, float]
    vector: Vectors | None
    weights: LegWeights
    language: Language
    read: Read


@dataclass(frozen=True)
class Hit:
    """One row found: the ``score`` it is ranked by; ``words``, ``concepts`` and ``meaning`` each leg's share in [0, 1].

    ``cosine`` and ``meaning`` are None where the dense leg was down; ``bm25`` is the words' score as it was.
    ``lead`` is the reranker's, over that no row answers.
    """

    row: int
    score: float
    words: float
    concepts: float
    meaning: float | None
    cosine: float | None
    bm25: float
    lead: float


def search(snapshot: Snapshot, searched: Searched, allowed: Mask | None, k: int, reranker: Reranker) -> tuple[Hit, ...]:
    """At most ``k`` rows of ``snapshot``, best first, ties by row; only rows where ``allowed`` is True."""
    matches = found(snapshot, searched, allowed, k)
    if matches is None:
        return ()
    legs = matches.legs
    leads = reranker.leads(features(matches))
    scores = stretched(leads) + SAME_LANGUAGE_BONUS * _kinships(snapshot, matches.rows, searched.language)
    best = np.lexsort((matches.rows, -scores))[:k]
    return tuple(
        Hit(
            row=int(matches.rows[i]),
            score=float(scores[i]),
            words=float(legs.words[i]),
            concepts=float(legs.concepts[i]),
            meaning=None if legs.meaning is None else float(legs.meaning[i]),
            cosine=None if legs.cosines is None else float(legs.cosines[i]),
            bm25=float(legs.bm25[i]),
            lead=float(leads[i]),
        )
        for i in best
    )


def reordered(hits: Sequence[Hit], scores: NDArray[np.float64]) -> tuple[Hit, ...]:
    """The hits in the order of other scores. A place keeps its own, which was made for places.

    Raises:
        ValueError: there are not as many scores as hits.
    """
    order = np.argsort(-scores, kind="stable").tolist()
    return tuple(replace(hits[i], score=place.score) for place, i in zip(hits, order, strict=True))


def found(snapshot: Snapshot, searched: Searched, allowed: Mask | None, k: int) -> Matches | None:
    """The best rows by the fused legs, at least ``k`` where there are so many, in the order of rows; None for none."""
    rows = _candidates(snapshot, searched, allowed)
    if not len(rows):
        return None
    legs = _legs(snapshot, searched, rows)
    kept = _first(legs.fused + SAME_LANGUAGE_BONUS * _kinships(snapshot, rows, searched.language), max(k, RERANKED))
    tables = np.array([snapshot.chunks[row].text.count(CELL_GAP) for row in rows[kept]], dtype=np.float64)
    return Matches(searched.read, rows[kept], legs.only(kept), snapshot.lexical, tables)


def _legs(snapshot: Snapshot, searched: Searched, rows: Rows) -> Legs:
    bm25 = snapshot.lexical.scores_of(searched.terms, rows).astype(np.float64)
    words = stretched(bm25)
    concepts = stretched(snapshot.conceptual.scores_of(searched.concepts, rows))
    cosines = None if searched.vector is None else (snapshot.vectors[rows] @ searched.vector).astype(np.float64)
    meaning = None if cosines is None else stretched(log_odds(cosines))
    return Legs(_fused(searched.weights, words, concepts, meaning), words, concepts, meaning, cosines, bm25)


def _first(scores: Column, count: int) -> NDArray[np.int64]:
    """The places of the ``count`` highest scores, ties by place, in the order of places."""
    return np.sort(np.argsort(-scores, kind="stable")[:count])


def _candidates(snapshot: Snapshot, searched: Searched, allowed: Mask | None) -> NDArray[np.int64]:
    found = [
        *snapshot.lexical.search(searched.terms, CANDIDATES, allowed),
        *snapshot.conceptual.search(searched.concepts, CANDIDATES, allowed),
    ]
    if searched.vector is not None:
        found += snapshot.dense.search(searched.vector, CANDIDATES, allowed)
    return np.array(sorted({row for row, _ in found}), dtype=np.int64)


def _fused(weights: LegWeights, words: Column, concepts: Column, meaning: Column | None) -> Column:
    legs = [Leg(words, weights.words), Leg(concepts, weights.concepts)]
    return convex(legs if meaning is None else [*legs, Leg(meaning, weights.meaning)])


def _kinships(snapshot: Snapshot, rows: NDArray[np.int64], language: Language) -> Column:
    kinship = np.array([_kinship(other, language) for other in Language])
    near: Column = kinship[snapshot.languages[rows]]
    return near


def _kinship(one: Language, other: Language) -> float:
    """1 for the same written language, 0.5 for the two scripts of Chinese, else 0."""
    if one is other:
        return 1.0
    return 0.5 if Language.EN not in (one, other) else 0.0
