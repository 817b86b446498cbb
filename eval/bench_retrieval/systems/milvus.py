"""milvus-lite in process, on disk: vectors and its own BM25 asked together, ranks fused by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pymilvus import AnnSearchRequest, DataType, Function, FunctionType, MilvusClient, RRFRanker
from sentence_transformers import SentenceTransformer

from eval.bench_retrieval.cost import Costs
from eval.bench_retrieval.material import K, Material
from eval.bench_retrieval.systems.port import Face
from retrieval.models import packaged_model
from retrieval.ports import Vectors

BATCH = 1_000
NAME, STORE, LONGEST = "chunks", "store", 65_535


class Milvus:
    """The hybrid search of its documentation: HNSW by cosines, a BM25 function over the text, reciprocal ranks."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(str(packaged_model().path), device="cpu")
        self._client: MilvusClient

    def build(self, material: Material, folder: Path, costs: Costs) -> None:
        """See ``System.build``."""
        with costs.of(STORE):
            self._client = MilvusClient(str(folder / "milvus.db"))
            _create(self._client, material.vectors.shape[1])
            for start, texts, vectors in material.batches(BATCH):
                rows = zip(texts, vectors.tolist(), strict=True)
                data = [{"row": row, "text": t, "vector": v} for row, (t, v) in enumerate(rows, start)]
                self._client.insert(NAME, data)
            self._client.flush(NAME)
            self._nearest(material.question_vectors[0])  # what it builds at the first question is part of building
            self._by_words("annual fee")
        costs.stored(STORE, folder)

    def faces(self) -> Iterator[Face]:
        """See ``System.faces``."""
        yield Face("milvus-lite", "HNSW and BM25, ranks fused", (STORE,), self._search, self._embed, self._nearest)

    def _embed(self, question: str) -> list[float]:
        vector: list[float] = self._model.encode(question, normalize_embeddings=True).tolist()
        return vector

    def _search(self, question: str) -> object:
        legs = [
            AnnSearchRequest([self._embed(question)], "vector", {}, limit=K),
            AnnSearchRequest([question], "sparse", {}, limit=K),
        ]
        return self._client.hybrid_search(NAME, legs, RRFRanker(), limit=K, output_fields=["text"])

    def _by_words(self, question: str) -> object:
        return self._client.search(NAME, [question], anns_field="sparse", limit=K, output_fields=["row"])

    def _nearest(self, vector: Vectors) -> Sequence[int]:
        (hits,) = self._client.search(NAME, [vector.tolist()], anns_field="vector", limit=K, output_fields=["row"])
        return [int(hit["row"]) for hit in hits]


def _create(client: MilvusClient, dimensions: int) -> None:
    schema = MilvusClient.create_schema(auto_id=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    schema.add_field("text", DataType.VARCHAR, max_length=LONGEST, enable_analyzer=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, ["text"], ["sparse"]))
    indexes = client.prepare_index_params()
    indexes.add_index("vector", index_type="HNSW", metric_type="COSINE")
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    client.create_collection(NAME, schema=schema, index_params=indexes)
