"""Measures retrieval on a test set in BEIR form: the product's retriever beside plain baselines in the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.datasets import Dataset, read_dataset
from eval.metrics import Estimate, estimate, ndcg, recall, reciprocal_rank
from knowledge_bases.schema import Chunk, Language, Span, Unit, UnitKind, VersionKey
from retrieval.fusion import Leg, reciprocal_ranks
from retrieval.legs import CANDIDATES
from retrieval.ports import Embedder, Vectors
from retrieval.postings import Postings
from retrieval.retriever import Retriever
from retrieval.segments import concepts_of, terms_of
from retrieval.snapshot import Manifest, Snapshot
from retrieval.tokens import is_chinese, terms
from retrieval.types import Query

K = 10
MEASURES: dict[str, Callable[[Sequence[str], Mapping[str, int], int], float]] = {
    f"nDCG@{K}": ndcg,
    f"Recall@{K}": recall,
    f"MRR@{K}": reciprocal_rank,
}
Search = Callable[[str], Sequence[str]]  # question -> document ids, best first


@dataclass(frozen=True)
class RetrievalReport:
    """``systems`` maps a system to its measures; every system answered the same ``queries`` over ``documents``."""

    folder: str
    embedder: str
    documents: int
    queries: int
    systems: Mapping[str, Mapping[str, Estimate]]

    def to_value(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """The report as a table to read, 95 % intervals in brackets."""
        head = f"{self.folder}: {self.queries} questions over {self.documents} documents, {self.embedder}"
        rows = [
            f"{name:<12}" + "".join(f"  {m} {e.mean:.4f} [{e.low:.4f}, {e.high:.4f}]" for m, e in measured.items())
            for name, measured in self.systems.items()
        ]
        return [head, *rows]


def evaluate(folder: Path, embedder: Embedder) -> RetrievalReport:
    """Score the product's retriever and the baselines on the test set in ``folder``.

    Raises:
        DatasetInvalid: the folder is not a test set.
    """
    dataset = read_dataset(folder)
    known = _Remembering(embedder, list(dataset.queries.values()))
    searches = systems(in_memory_snapshot(dataset, known), known)
    scored = {name: _score(dataset, search) for name, search in searches.items()}
    return RetrievalReport(folder.name, embedder.id, len(dataset.corpus), len(dataset.queries), scored)


def in_memory_snapshot(dataset: Dataset, embedder: Embedder) -> Snapshot:
    """The corpus as a snapshot that is not stored, one chunk a document."""
    chunks = tuple(_chunk(key, text) for key, text in dataset.corpus.items())
    return Snapshot(
        id="",
        manifest=Manifest("evaluation", embedder.id, 1, ()),
        chunks=chunks,
        vectors=embedder.embed(list(dataset.corpus.values())),
        terms=Postings.of([terms_of(chunk) for chunk in chunks]),
        concepts=Postings.of([concepts_of(chunk) for chunk in chunks]),
    )


def systems(snapshot: Snapshot, embedder: Embedder) -> dict[str, Search]:
    """The product's retriever, and each leg alone and by ranks as most products fuse them."""
    retriever = Retriever(snapshot, embedder)

    def ours(question: str) -> list[str]:
        language = Language.ZH_HANT if is_chinese(question) else Language.EN
        return [passage.chunk.id for passage in retriever.search(Query(question, language, k=K))]

    def dense(question: str) -> dict[int, float]:
        return dict(snapshot.dense.search(embedder.embed([question])[0], CANDIDATES))

    def words(question: str) -> dict[int, float]:
        return dict(snapshot.lexical.search(dict.fromkeys(terms(question), 1.0), CANDIDATES))

    def ranked(scores: Mapping[int, float]) -> list[str]:
        return [snapshot.chunks[row].id for row in sorted(scores, key=lambda row: (-scores[row], row))[:K]]

    return {
        "candour": ours,
        "dense": lambda question: ranked(dense(question)),
        "BM25": lambda question: ranked(words(question)),
        "RRF": lambda question: ranked(reciprocal_ranks([Leg(dense(question)), Leg(words(question))])),
    }


def _score(dataset: Dataset, search: Search) -> dict[str, Estimate]:
    ranked = {key: search(question) for key, question in dataset.queries.items()}
    return {
        name: estimate([measure(ranked[key], dataset.judged[key], K) for key in ranked])
        for name, measure in MEASURES.items()
    }


def _chunk(key: str, text: str) -> Chunk:
    span = Span(0, max(len(text), 1))
    return Chunk(
        id=key,
        key=VersionKey(key, "1"),
        parse_sha256="",
        language=Language.ZH_HANT if is_chinese(text) else Language.EN,
        span=span,
        text=text,
        indexed_text=text,
        page=None,
        heading_path=(),
        anchor=None,
        units=(Unit(UnitKind.SENTENCE, span),),
    )


class _Remembering:
    """Embeds the questions in one batch instead of one by one in each system; the vectors are the same."""

    def __init__(self, embedder: Embedder, questions: Sequence[str]) -> None:
        self._embedder = embedder
        self._vectors = dict(zip(questions, embedder.embed(questions), strict=True))

    @property
    def id(self) -> str:
        return self._embedder.id

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        if all(text in self._vectors for text in texts) and texts:
            return np.stack([self._vectors[text] for text in texts])
        return self._embedder.embed(texts)

    def unseen_tokens(self, texts: Sequence[str]) -> tuple[int, ...]:
        return self._embedder.unseen_tokens(texts)
