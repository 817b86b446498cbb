"""What retrieval needs from the world, one Protocol per role; every adapter passes the role's contract tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge_bases.schema import Language
from retrieval.quotable import Quotable

Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Embedder(Protocol):
    """Turns text into unit vectors. ``id`` names model and version; vectors of different ids never mix."""

    @property
    def id(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def reads(self) -> frozenset[Language]:
        """The languages whose questions it takes as they stand."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, of shape (len(texts), dimensions), L2-normalised; shape (0, dimensions) for no text."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """The vector of a question, of shape (dimensions,), L2-normalised; some models read it unlike a passage."""
        ...

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        """How many tokens at the end of each text its vector knows nothing of; 0: the text is seen whole."""
        ...


class VectorSearch(Protocol):
    """Nearest neighbours by inner product over the numbered rows of one institution."""

    @property
    def dimensions(self) -> int: ...

    def __len__(self) -> int:
        """How many rows can be found; removed ones do not count."""
        ...

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """At most ``k`` (row, similarity) pairs, best first, ties by row; only rows where ``allowed`` is True.

        ``vector`` has shape (dimensions,), ``allowed`` a value for each number given so far. An approximate index may
        miss rows, but gives ``k`` where so many are allowed. Empty index, ``k`` below 1, nothing allowed, or a vector
        of zeros, which points nowhere: an empty list.

        Raises:
            DimensionMismatch: the vector's length is not the index's.
        """
        ...


class VectorIndex(VectorSearch, Protocol):
    """A ``VectorSearch`` that is added to and removed from.

    Rows are numbered from 0 as they are added. A number is never given twice: what is removed leaves a gap.
    """

    def add(self, vectors: Vectors) -> range:
        """The numbers given to ``vectors``, shape (n, dimensions), L2-normalised; an empty range for n of 0.

        Raises:
            DimensionMismatch: the vectors' length is not the index's; nothing is added.
        """
        ...

    def remove(self, rows: Collection[int]) -> None:
        """Rows that are never found again; one that is not there is left at that."""
        ...


class LexicalIndex(Protocol):
    """Ranking by shared terms over rows 0..n-1. Terms are those of ``retrieval.tokens``."""

    def __len__(self) -> int: ...

    def search(self, terms: Mapping[str, float], k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """At most ``k`` (row, score) pairs with a score above 0, best first, ties by row; only allowed rows.

        ``terms`` maps each term to its weight: 1 for the customer's own words, less for what was added to them.
        """
        ...


class PairReader(Protocol):
    """Reads a question and a passage together, which tells more than comparing their vectors, and takes longer."""

    @property
    def id(self) -> str: ...

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """How well each passage answers, shape (len(passages),); higher is better, no scale is promised."""
        ...


class SpanLeads(Protocol):
    """Reads a question and each of the likeliest spans together."""

    def leads(self, question: str, quotables: Sequence[Quotable]) -> NDArray[np.float64]:
        """How far each span is ahead of saying nothing, higher answers better; of the first of them, at least one."""
        ...
