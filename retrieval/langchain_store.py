"""Our vector indexes where LangChain expects a ``VectorStore``: any adapter of the port, with any of its embeddings.

The product does not go through here: an institution's documents are published as snapshots, and found by
``retrieval.langchain``. This is for chains that bring documents of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any
from uuid import uuid4

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from langchain_core.vectorstores.utils import maximal_marginal_relevance

from retrieval.indexes.exact import ExactIndex
from retrieval.ports import Embedder, Mask, VectorIndex, Vectors

Filter = Mapping[str, object] | Callable[[Document], bool]


class EmbedderEmbeddings(Embeddings):
    """One of our embedders as LangChain's embeddings."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """A unit vector a text."""
        return [[float(value) for value in row] for row in self._embedder.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        return [float(value) for value in self._embedder.embed_question(text)]


class IndexStore(VectorStore):
    """Documents in memory, their vectors in ``index``, which is this store's alone. Safe to share between threads.

    Scores are cosine similarities, higher is nearer. ``filter`` of a search is metadata that must be equal, or a
    function that says which documents may be found.
    """

    def __init__(self, embedding: Embeddings, index: VectorIndex) -> None:
        if len(index):
            raise ValueError("the index holds rows whose documents this store does not know: give an empty one")
        self._embedding, self._index = embedding, index
        self._documents: dict[int, Document] = {}  # by row
        self._rows: dict[str, int] = {}  # by the document's id
        self._given = 0  # numbers the index gave so far
        self._lock = Lock()

    @property
    def embeddings(self) -> Embeddings:
        """What turns texts into vectors here."""
        return self._embedding

    @classmethod
    def from_texts(
        cls, texts: list[str], embedding: Embeddings, metadatas: list[dict[Any, Any]] | None = None, **kwargs: Any
    ) -> IndexStore:
        """A store over ``texts`` with an exact index in memory; ``ids`` may be given by name."""
        dimensions = len(embedding.embed_query("?"))
        store = cls(embedding, ExactIndex(np.zeros((0, dimensions), dtype=np.float32)))
        store.add_texts(texts, metadatas, **kwargs)
        return store

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[Any, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """The ids of the documents added, made where none is given; one of an id that is there replaces it.

        Raises:
            ValueError: there are not as many metadatas or ids as texts.
            DimensionMismatch: the vectors are of another length than the index's.
        """
        words = list(texts)
        names = [given or str(uuid4()) for given in ids or [""] * len(words)]
        about = metadatas or [{} for _ in words]
        if not len(words) == len(names) == len(about):
            raise ValueError(f"{len(words)} texts with {len(names)} ids and {len(about)} metadatas: give one a text")
        each = zip(names, words, about, strict=True)
        made = {name: Document(id=name, page_content=text, metadata=dict(data)) for name, text, data in each}
        vectors = self._vectors([document.page_content for document in made.values()])
        with self._lock:
            rows = self._index.add(vectors)
            self._forget(made)
            self._documents.update(zip(rows, made.values(), strict=True))
            self._rows.update(zip(made, rows, strict=True))
            self._given = rows.stop
        return names

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """Forget the documents of these ids, or all where none are given; unknown ones are left at that."""
        with self._lock:
            self._forget(list(self._rows) if ids is None else ids)
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The documents of these ids, in their order; unknown ones are left out."""
        with self._lock:
            return [self._documents[self._rows[name]] for name in ids if name in self._rows]

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        """The ``k`` documents nearest to ``query``, best first."""
        return [document for document, _ in self.similarity_search_with_score(query, k, **kwargs)]

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:
        """The ``k`` documents nearest to a vector, best first."""
        return [document for document, _ in self._nearest(_unit(embedding), k, **kwargs)]

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        """The ``k`` documents nearest to ``query`` with their cosine similarity, best first."""
        return self._nearest(_unit(self._embedding.embed_query(query)), k, **kwargs)

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """``k`` of the ``fetch_k`` nearest, chosen to differ from one another; these are embedded again for it."""
        asked = _unit(self._embedding.embed_query(query))
        candidates = [document for document, _ in self._nearest(asked, fetch_k, **kwargs)]
        vectors = self._vectors([document.page_content for document in candidates])
        return [candidates[i] for i in maximal_marginal_relevance(asked, list(vectors), lambda_mult, k)]

    def _nearest(
        self, vector: Vectors, k: int, filter: Filter | None = None, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        with self._lock:
            allowed = None if filter is None else self._allowed(filter)
            found = self._index.search(vector, k, allowed)
            return [(self._documents[row].model_copy(deep=True), similarity) for row, similarity in found]

    def _allowed(self, wanted: Filter) -> Mask:
        rows = [row for row, document in self._documents.items() if _passes(document, wanted)]
        allowed = np.zeros(self._given, dtype=np.bool_)
        allowed[rows] = True
        return allowed

    def _vectors(self, texts: list[str]) -> Vectors:
        rows = [_unit(vector) for vector in self._embedding.embed_documents(texts)] if texts else []
        return np.stack(rows) if rows else np.zeros((0, self._index.dimensions), dtype=np.float32)

    def _forget(self, ids: Iterable[str]) -> None:
        rows = [self._rows.pop(name) for name in dict.fromkeys(ids) if name in self._rows]
        self._index.remove(rows)
        for row in rows:
            del self._documents[row]

    # LangChain asks for it by this name
    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda similarity: min(max(similarity, 0.0), 1.0)


def _unit(vector: list[float]) -> Vectors:
    """``vector`` at length 1; one of zeros stays what it is, and is near nothing."""
    values = np.asarray(vector, dtype=np.float32)
    length = float(np.linalg.norm(values))
    return (values / length).astype(np.float32) if length else values


def _passes(document: Document, wanted: Filter) -> bool:
    if callable(wanted):
        return wanted(document)
    return all(document.metadata.get(name) == value for name, value in wanted.items())
