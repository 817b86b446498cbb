"""What others would build over the same documents with the same model, as usually built.

LangChain's default splits documents (1,000 characters, 200 shared) and ranks them by their best chunk. The other lines
take documents whole: each leg alone, and both at equal weight by ranks (RRF), by stretched scores (convex), and by
stretched scores with cosines as log-odds. BM25 has our own index terms, so a better tokeniser raises it as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from eval.datasets import Dataset
from eval.systems import Asked, K, Ranked, Search
from retrieval.dense import FaissIndex
from retrieval.fusion import Leg, convex, log_odds, reciprocal_ranks
from retrieval.lexical import Bm25Index
from retrieval.ports import Embedder
from retrieval.postings import Postings
from retrieval.tokens import terms

SPLIT_CHARACTERS, SHARED_CHARACTERS = 1000, 200
CANDIDATES = 100  # rows a leg proposes, chunks the peer's store gives
Scores = Mapping[int, float]

FUSIONS: Mapping[str, Callable[[Scores, Scores], Scores]] = {
    "BM25": lambda words, _: words,
    "dense": lambda _, cosines: cosines,
    "RRF": lambda words, cosines: reciprocal_ranks([Leg(words), Leg(cosines)]),
    "convex": lambda words, cosines: convex([Leg(words), Leg(cosines)]),
    "log-odds": lambda words, cosines: convex([Leg(words), Leg(log_odds(cosines))]),
}


def baselines(dataset: Dataset, embedder: Embedder) -> dict[str, Search]:
    """Every baseline over the documents of ``dataset``; they look at a question's text alone."""
    legs = two_legs(dataset, embedder)
    ids = list(dataset.corpus)

    def fused(fuse: Callable[[Scores, Scores], Scores]) -> Search:
        return lambda asked: _best({ids[row]: score for row, score in fuse(*legs(asked.text)).items()})

    return {"LangChain": _langchain(dataset, embedder), **{name: fused(fuse) for name, fuse in FUSIONS.items()}}


def two_legs(dataset: Dataset, embedder: Embedder) -> Callable[[str], tuple[Scores, Scores]]:
    """A question's text -> the BM25 scores and the cosines of the rows that each leg proposes."""
    texts = list(dataset.corpus.values())
    lexical = Bm25Index(Postings.of([terms(text) for text in texts]))
    dense = FaissIndex(embedder.embed(texts))

    @cache  # several baselines ask the same
    def legs(text: str) -> tuple[Scores, Scores]:
        words = lexical.search({term: float(count) for term, count in Counter(terms(text)).items()}, CANDIDATES)
        return dict(words), dict(dense.search(embedder.embed([text])[0], CANDIDATES))

    return legs


def _langchain(dataset: Dataset, embedder: Embedder) -> Search:
    splitter = RecursiveCharacterTextSplitter(chunk_size=SPLIT_CHARACTERS, chunk_overlap=SHARED_CHARACTERS)
    chunks = [(key, chunk) for key, text in dataset.corpus.items() for chunk in splitter.split_text(text)]
    texts = [chunk for _, chunk in chunks]
    store = FAISS.from_embeddings(
        list(zip(texts, embedder.embed(texts).tolist(), strict=True)),
        _Embeddings(embedder),
        metadatas=[{"document": key} for key, _ in chunks],
    )

    def search(asked: Asked) -> Ranked:
        best: dict[str, float] = {}
        for chunk, distance in store.similarity_search_with_score(asked.text, k=CANDIDATES):
            best.setdefault(chunk.metadata["document"], -float(distance))
        return _best(best)

    return search


def _best(scores: Mapping[str, float]) -> Ranked:
    """Best first; ties stay in the order they came in."""
    return sorted(scores.items(), key=lambda pair: -pair[1])[:K]


class _Embeddings(Embeddings):
    """The product's embedder behind LangChain's interface, so that all sides embed alike."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        return self._embedder.embed(texts).tolist()  # type: ignore[no-any-return]

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed([text])[0].tolist()  # type: ignore[no-any-return]
