"""Chroma in process, on disk. It ranks by vectors alone there: its hybrid search is for its cloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from eval.bench_retrieval.cost import Costs
from eval.bench_retrieval.material import K, Material
from eval.bench_retrieval.systems.port import Face
from retrieval.models import packaged_model
from retrieval.ports import Vectors

BATCH = 5_000  # it takes 5,461 at once
STORE = "store"


class Chroma:
    """Its defaults (HNSW) but for cosines; it embeds by sentence-transformers, as its own model would be downloaded."""

    def __init__(self) -> None:
        self._embed = SentenceTransformerEmbeddingFunction(model_name=str(packaged_model().path))

    def build(self, material: Material, folder: Path, costs: Costs) -> None:
        """See ``System.build``."""
        with costs.of(STORE):
            client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
            configuration = {"hnsw": {"space": "cosine"}}
            self._chunks = client.create_collection(
                "chunks", configuration=configuration, embedding_function=self._embed
            )  # fmt: skip
            for start, texts, vectors in material.batches(BATCH):
                ids = [str(start + number) for number in range(len(texts))]
                self._chunks.add(ids=ids, documents=texts, embeddings=vectors)
            self._nearest(material.question_vectors[0])  # what it builds at the first question is part of building
        costs.stored(STORE, folder)

    def faces(self) -> Iterator[Face]:
        """See ``System.faces``."""
        yield Face("Chroma, dense only", "HNSW", (STORE,), self._search, self._embedded, self._nearest)

    def _embedded(self, question: str) -> object:
        return self._embed([question])

    def _search(self, question: str) -> object:
        return self._chunks.query(query_texts=[question], n_results=K)

    def _nearest(self, vector: Vectors) -> Sequence[int]:
        return [int(id) for id in self._chunks.query(query_embeddings=[vector], n_results=K, include=[])["ids"][0]]
