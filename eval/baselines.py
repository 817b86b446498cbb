"""What others would build over the same documents with the packaged model as it comes, as usually built.

LangChain's default splits documents (1,000 characters, 200 shared) and ranks them by their best chunk. The other lines
take documents whole: each leg alone, and both at equal weight by the ranks of their first hundred (RRF), by stretched
scores (convex), and by stretched scores with cosines as log-odds; both score every document, which is more than an
index of many would. BM25 has our own index terms, so a better tokeniser raises it as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from langchain_community.vectorstores import FAISS
from langchain_text_splitters import RecursiveCharacterTextSplitter
from numpy.typing import NDArray

from eval.datasets import Dataset
from eval.systems import Asked, K, Ranked, Search
from retrieval.fusion import Leg, convex, log_odds, reciprocal_ranks
from retrieval.langchain_store import EmbedderEmbeddings
from retrieval.lexical import Bm25Index
from retrieval.ports import Embedder
from retrieval.postings import Postings
from retrieval.tokens import terms

SPLIT_CHARACTERS, SHARED_CHARACTERS = 1000, 200
CANDIDATES = 100  # rows a leg of RRF ranks, chunks the peer's store gives
Numbers = NDArray[np.floating]  # a score a row
Scores = Mapping[int, float]

FUSIONS: Mapping[str, Callable[[Numbers, Numbers], Scores]] = {
    "BM25": lambda words, _: _first(words),
    "dense": lambda _, cosines: _by_row(cosines),
    "RRF": lambda words, cosines: reciprocal_ranks([_first(words), _first(cosines)]),
    "convex": lambda words, cosines: _by_row(convex([Leg(words), Leg(cosines)])),
    "log-odds": lambda words, cosines: _by_row(convex([Leg(words), Leg(log_odds(cosines))])),
}


def baselines(dataset: Dataset, embedder: Embedder) -> dict[str, Search]:
    """Every baseline over the documents of ``dataset``; they look at a question's text alone."""
    legs = two_legs(dataset, embedder)
    ids = list(dataset.corpus)

    def fused(fuse: Callable[[Numbers, Numbers], Scores]) -> Search:
        return lambda asked: _best({ids[row]: score for row, score in fuse(*legs(asked.text)).items()})

    return {"LangChain": _langchain(dataset, embedder), **{name: fused(fuse) for name, fuse in FUSIONS.items()}}


def two_legs(dataset: Dataset, embedder: Embedder) -> Callable[[str], tuple[Numbers, Numbers]]:
    """A question's text -> the BM25 score (0: no term shared) and the cosine of every row."""
    texts = list(dataset.corpus.values())
    lexical = Bm25Index(Postings.of([terms(text) for text in texts]))
    vectors = embedder.embed(texts)

    @cache  # several baselines ask the same
    def legs(text: str) -> tuple[Numbers, Numbers]:
        words = {term: float(count) for term, count in Counter(terms(text)).items()}
        return lexical.scores(words), vectors @ embedder.embed_question(text)

    return legs


def _by_row(scores: Numbers) -> Scores:
    return dict(enumerate(scores.tolist()))


def _first(scores: Numbers) -> Scores:
    """The first hundred rows that score above 0."""
    rows = np.argsort(-scores, kind="stable")[:CANDIDATES]
    return {int(row): float(scores[row]) for row in rows if scores[row] > 0}


def _langchain(dataset: Dataset, embedder: Embedder) -> Search:
    splitter = RecursiveCharacterTextSplitter(chunk_size=SPLIT_CHARACTERS, chunk_overlap=SHARED_CHARACTERS)
    chunks = [(key, chunk) for key, text in dataset.corpus.items() for chunk in splitter.split_text(text)]
    texts = [chunk for _, chunk in chunks]
    store = FAISS.from_embeddings(
        list(zip(texts, embedder.embed(texts).tolist(), strict=True)),
        EmbedderEmbeddings(embedder),
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
