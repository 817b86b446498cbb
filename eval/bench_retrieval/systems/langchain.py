"""LangChain as usually built: FAISS alone, which its tutorials show, and with rank_bm25 in an EnsembleRetriever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.embeddings import HuggingFaceEmbeddings
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS

from eval.bench_retrieval.cost import Costs
from eval.bench_retrieval.material import K, Material
from eval.bench_retrieval.systems.port import Face
from retrieval.models import packaged_model
from retrieval.ports import Vectors

BATCH = 20_000
VECTORS, WORDS = "vectors", "words"


class LangChain:
    """Its defaults throughout, but for ``K``: flat FAISS by distance, words parted at blanks, ranks fused by halves."""

    def __init__(self) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=str(packaged_model().path))
        self._store: FAISS
        self._words: BM25Retriever

    def build(self, material: Material, folder: Path, costs: Costs) -> None:
        """See ``System.build``."""
        with costs.of(VECTORS):
            batches = material.batches(BATCH)
            _, texts, vectors = next(batches)
            self._store = FAISS.from_embeddings(zip(texts, vectors, strict=True), self._embeddings)
            for _, texts, vectors in batches:
                self._store.add_embeddings(zip(texts, vectors, strict=True))
        with costs.of(WORDS):
            self._words = BM25Retriever.from_texts(list(material.texts()), k=K)
        self._store.save_local(str(folder))
        costs.stored(VECTORS, folder)

    def faces(self) -> Iterator[Face]:
        """See ``System.faces``."""
        by_meaning = self._store.as_retriever(search_kwargs={"k": K})
        both = EnsembleRetriever(retrievers=[self._words, by_meaning], weights=[0.5, 0.5])
        yield Face(
            "LangChain, dense only", "FAISS flat", (VECTORS,), by_meaning.invoke, self._embed, self._nearest
        )  # fmt: skip
        yield Face(
            "LangChain + BM25", "FAISS flat and rank_bm25, ranks fused", (VECTORS, WORDS), both.invoke, self._embed,
            self._nearest,
        )  # fmt: skip

    def _embed(self, question: str) -> object:
        return self._embeddings.embed_query(question)

    def _nearest(self, vector: Vectors) -> Sequence[int]:
        _, rows = self._store.index.search(vector[None], K)
        return [int(row) for row in rows[0]]
