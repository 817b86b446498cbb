"""How rows that were found meet a question, as numbers: the columns of the table ``FEATURES``, one line each.

A learned reranker (``retrieval.reranker``) weighs them. Everything comes from the index, nothing is read again, so
that sixty rows cost about a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from retrieval.fusion import Column, stretched
from retrieval.lexical import Bm25Index, Rows
from retrieval.tokens import is_character, is_number

TELLING = 8.0  # about the rarity of a term that one document in three thousand has
FEW_ROWS = 4  # of a table: less may be a line with a dash in it
NOT_HEARD = 0.0  # a leg that was down


@dataclass(frozen=True)
class Read:
    """A question as the reranker reads it: ``terms`` are its own, in its order, repeats kept.

    ``familiarity`` is the thesaurus's, in [0, 1]; ``figure``: it asks for a figure or a date.
    """

    terms: tuple[str, ...]
    chinese: bool
    familiarity: float
    figure: bool


@dataclass(frozen=True)
class Legs:
    """What each leg says of the rows: shares in [0, 1], and the scores they came from. None: the dense leg was down."""

    fused: Column
    words: Column
    concepts: Column
    meaning: Column | None
    cosines: Column | None
    bm25: Column

    def only(self, kept: NDArray[np.int64]) -> Legs:
        """The same of the rows at the places ``kept``."""
        meaning = None if self.meaning is None else self.meaning[kept]
        cosines = None if self.cosines is None else self.cosines[kept]
        return Legs(self.fused[kept], self.words[kept], self.concepts[kept], meaning, cosines, self.bm25[kept])


class Matches:
    """One question and the ``rows`` found for it; ``tables`` counts the table rows in each."""

    def __init__(self, read: Read, rows: Rows, legs: Legs, index: Bm25Index, tables: Column) -> None:
        self.read, self.rows, self.legs, self.tables = read, rows, legs, tables
        self._index = index
        self.terms = tuple(dict.fromkeys(read.terms))
        self.rarity = np.array([index.idf(term) for term in self.terms])
        self.present = index.present(self.terms, rows)

    def everywhere(self, value: float) -> Column:
        """The same number for each row."""
        return np.full(len(self.rows), float(value))

    @cached_property
    def own(self) -> Column:
        """BM25 by the question's own terms, without equals."""
        return self._index.scores_of(dict.fromkeys(self.terms, 1.0), self.rows).astype(np.float64)

    @cached_property
    def weight(self) -> float:
        """The rarity of all terms together, > 0."""
        return float(self.rarity.sum()) or 1.0

    @cached_property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The neighbours among the question's terms; of Chinese its pairs of characters, so three make one."""
        read = [term for term in self.read.terms if not is_character(term)]
        return list(dict.fromkeys(pairwise(read)))

    @cached_property
    def beside(self) -> NDArray[np.float64]:
        """How often each pair stands in each row, and how much it tells, shape (2, pairs, rows)."""
        counts = self._index.beside(self.pairs, self.rows).astype(np.float64)
        rarity = np.array([min(self._index.idf(one), self._index.idf(other)) for one, other in self.pairs])
        return np.stack([counts, np.broadcast_to(rarity[:, None], counts.shape)])

    def shared(self, chosen: NDArray[np.bool_]) -> Column:
        """The share of the terms' rarity that stands in each row, of the ``chosen`` terms; 0 where none is chosen."""
        rarity = np.where(chosen, self.rarity, 0.0)
        shares: Column = (rarity @ self.present) / (float(rarity.sum()) or 1.0)
        return shares

    def most(self, there: NDArray[np.bool_]) -> Column:
        """The rarity of the most telling term where ``there``, shape (terms, rows), is True; 0 for none."""
        most: Column = np.where(there, self.rarity[:, None], 0.0).max(axis=0, initial=0.0) / TELLING
        return most

    @cached_property
    def lengths(self) -> Column:
        """How many terms each row has."""
        return self._index.lengths(self.rows).astype(np.float64)

    @cached_property
    def numbers(self) -> NDArray[np.bool_]:
        """Which terms are figures or dates."""
        return np.array([is_number(term) for term in self.terms], dtype=np.bool_)

    @cached_property
    def is_table(self) -> Column:
        """1 for a row that is mostly a table, else 0."""
        return (self.tables >= FEW_ROWS).astype(np.float64)


def _behind(values: Column | None, m: Matches) -> Column:
    """How far each row stays behind the best one."""
    return m.everywhere(NOT_HEARD) if values is None else values - values.max(initial=-1.0)


def _pairs(m: Matches) -> Column:
    counts, rarity = m.beside
    shares: Column = ((counts > 0) * rarity).sum(axis=0) / (float(rarity[:, :1].sum()) or 1.0)
    return shares


def _pair_weight(m: Matches) -> Column:
    counts, rarity = m.beside
    weight: Column = np.log1p(counts * rarity).sum(axis=0) / TELLING
    return weight


Feature = Callable[[Matches], Column]
FEATURES: Mapping[str, Feature] = {
    # what the legs say
    "fused": lambda m: m.legs.fused,
    "words": lambda m: m.legs.words,
    "own_words": lambda m: stretched(m.own),
    "concepts": lambda m: m.legs.concepts,
    "meaning": lambda m: m.everywhere(NOT_HEARD) if m.legs.meaning is None else m.legs.meaning,
    "cosine": lambda m: m.everywhere(NOT_HEARD) if m.legs.cosines is None else m.legs.cosines,
    "cosine_behind": lambda m: _behind(m.legs.cosines, m),
    "own_words_share": lambda m: m.own / m.weight,
    "own_words_score": lambda m: m.own / (2 * TELLING),
    "words_score": lambda m: m.legs.bm25 / (2 * TELLING),
    "heard": lambda m: m.everywhere(m.legs.meaning is not None),
    # the question's own terms in the row
    "covered": lambda m: m.shared(np.ones(len(m.terms), dtype=np.bool_)),
    "covered_count": lambda m: m.present.mean(axis=0) if len(m.terms) else m.everywhere(0),
    "covered_best": lambda m: stretched(m.shared(np.ones(len(m.terms), dtype=np.bool_))),
    "rarest_there": lambda m: m.most(m.present),
    "rarest_missing": lambda m: m.most(~m.present),
    "figures_covered": lambda m: m.shared(m.numbers),
    "has_figures": lambda m: m.everywhere(bool(m.numbers.any())),
    "pairs": _pairs,
    "pairs_best": lambda m: stretched(_pairs(m)),
    "pairs_weight": _pair_weight,
    # the row, and the question
    "table": lambda m: m.is_table,
    "table_figure": lambda m: m.is_table * m.read.figure,
    "length": lambda m: np.log1p(m.lengths),
    "terms": lambda m: m.everywhere(len(m.terms) / 10),
    "chinese": lambda m: m.everywhere(m.read.chinese),
    "familiarity": lambda m: m.everywhere(m.read.familiarity),
}


def features(matches: Matches) -> NDArray[np.float32]:
    """One row a row found, shape (len(matches.rows), len(FEATURES)), float32."""
    return np.stack([feature(matches) for feature in FEATURES.values()], axis=1).astype(np.float32)
