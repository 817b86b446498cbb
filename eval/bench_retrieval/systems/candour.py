"""Ours as the product has it: segments on disk, a snapshot opened from them, the index that its size asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from app.answering.language import detect_language
from app.embedding.engines import INGESTION_THREADS, make_embedder
from eval.bench_retrieval.cost import Costs
from eval.bench_retrieval.material import K, Material
from eval.bench_retrieval.systems.port import Face
from eval.corpus import chunk_of
from eval.plain_model import PLAIN
from knowledge_bases.schema import VersionKey
from retrieval.indexes.carried import CarriedIndex
from retrieval.indexes.choice import kind_for
from retrieval.indexes.exact import ExactIndex
from retrieval.legs import CANDIDATES
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.ports import Vectors, VectorSearch
from retrieval.retriever import Retriever
from retrieval.segments import SegmentRef, write_segment
from retrieval.snapshot import Snapshot, open_snapshot, write_manifest
from retrieval.types import Query

VERSION = 1_000  # chunks of a document version
INSTITUTION = "benchmark"
SEGMENTS, OPENED, GRAPH = "segments", "opened", "graph"


class Candour:
    """The whole search: words, concepts and meaning, fused, and put in order by the reranker."""

    def __init__(self) -> None:
        self._embedder = make_embedder(PLAIN)
        self._quicker: VectorSearch | None = None
        self._snapshot: Snapshot

    def build(self, material: Material, folder: Path, costs: Costs) -> None:
        """See ``System.build``. Like documents, segments are made two at once; a graph is built by one thread."""
        self._embedder.embed(["warm"])
        shipped_thesaurus()
        with ProcessPoolExecutor(INGESTION_THREADS, get_context("spawn")) as pool:
            list(pool.map(_ready, range(INGESTION_THREADS)))  # a worker's children are there before a document comes
            with costs.of(SEGMENTS):
                refs = _segments(pool, material, folder, self._embedder.id)
                published = write_manifest(folder, INSTITUTION, refs, self._embedder.id, 1)
        costs.stored(SEGMENTS, folder)
        with costs.of(OPENED):
            snapshot = open_snapshot(folder, published, institution_id=INSTITUTION, embedder_id=self._embedder.id)
            _ = snapshot.dense, snapshot.lexical, snapshot.conceptual
        self._snapshot = snapshot
        kind = kind_for(len(material))
        if kind is not ExactIndex:
            with costs.of(GRAPH):
                self._quicker = CarriedIndex(kind, snapshot.parts, snapshot.vectors).view(snapshot.parts)

    def faces(self) -> Iterator[Face]:
        """See ``System.faces``: every row compared, and then by the graph where the product would have one."""
        if self._quicker is None:
            yield self._face("Candour", "hybrid, every row compared", (SEGMENTS, OPENED))
            return
        yield self._face("Candour, exact", "hybrid, every row compared", (SEGMENTS, OPENED))
        self._snapshot.search_by(self._quicker)
        yield self._face("Candour", "hybrid, HNSW", (SEGMENTS, OPENED, GRAPH))

    def _face(self, name: str, how: str, parts: tuple[str, ...]) -> Face:
        retriever = Retriever(self._snapshot, self._embedder)

        def search(question: str) -> object:
            return retriever.search(Query(question, detect_language(question), K))

        return Face(name, how, parts, search, self._embedder.embed_question, self._nearest)

    def _nearest(self, vector: Vectors) -> Sequence[int]:
        return [row for row, _ in self._snapshot.dense.search(vector, CANDIDATES)[:K]]


def _ready(_number: int) -> None:
    shipped_thesaurus().mentions("warm")


def _segments(pool: Executor, material: Material, folder: Path, embedder_id: str) -> list[SegmentRef]:
    jobs = [
        pool.submit(_segment, folder, texts, vectors, embedder_id, f"{start:09}")
        for start, texts, vectors in material.batches(VERSION)
    ]
    return [job.result() for job in jobs]


def _segment(folder: Path, texts: Sequence[str], vectors: Vectors, embedder_id: str, document: str) -> SegmentRef:
    key = VersionKey(document, "1")
    chunks = [chunk_of(text, f"{document}-{number}", key) for number, text in enumerate(texts)]
    return write_segment(folder, chunks, vectors, embedder_id, key)
