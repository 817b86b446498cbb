"""Does the retriever know when the documents do not answer? Its strength beside plain scores on the same questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.embedding.engines import span_reader
from eval.baselines import FUSIONS, two_legs
from eval.corpus import in_memory_snapshot
from eval.datasets import Dataset, DatasetInvalid, read_dataset
from eval.halves import Half, in_half
from eval.systems import Asked, query_of, questions
from eval.unanswerable import outside, without_answers
from retrieval.ports import Embedder
from retrieval.retriever import Retriever

STRENGTH = "strength"
Judge = Callable[[Asked], float]  # how surely a question is answered, higher is surer
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """What each judge said of one set's questions, ``answerable`` and ``unanswerable``."""

    suite: str
    answerable: Mapping[str, Numbers]
    unanswerable: Mapping[str, Numbers]


def evaluate(
    folder: Path,
    outside_file: Path,
    embedder: Embedder,
    half: Half | None = None,
    peers: Embedder | None = None,
) -> Scored:
    """Judge every question of the set in ``folder``, half of them robbed of their documents, and those outside.

    The plain scores are those of ``peers``, the packaged model as it comes; None for the same as ours.

    Raises:
        DatasetInvalid: a file is missing or malformed, or the set cannot be parted.
    """
    whole, lost = without_answers(read_dataset(folder))
    dataset = whole if half is None else in_half(whole, half)
    asked = list(questions(dataset))
    answerable = [one for one in asked if one.key not in lost]
    unanswerable = [one for one in asked if one.key in lost] + list(outside(outside_file, half))
    if not answerable or not unanswerable:
        raise DatasetInvalid(f"{folder}: no answerable or no unanswerable question among {len(asked)}; ask all halves")
    for each in {embedder, peers or embedder}:  # in one batch, ahead of the judges
        each.embed([one.text for one in [*answerable, *unanswerable]])
    judges = _judges(whole, embedder, peers or embedder)
    return Scored(folder.name, _judged(judges, answerable), _judged(judges, unanswerable))


def _judges(dataset: Dataset, embedder: Embedder, peers: Embedder) -> dict[str, Judge]:
    retriever = Retriever(in_memory_snapshot(dataset, embedder), embedder, span_reader=span_reader())
    legs = two_legs(dataset, peers)

    def strength(asked: Asked) -> float:
        return retriever.retrieve(query_of(asked)).strength

    def best(fusion: str) -> Judge:
        return lambda asked: max(FUSIONS[fusion](*legs(asked.text)).values(), default=0.0)

    return {
        STRENGTH: strength,
        "best cosine": best("dense"),
        "best BM25": best("BM25"),
        "fused": best("log-odds"),
    }


def _judged(judges: Mapping[str, Judge], asked: Iterable[Asked]) -> dict[str, Numbers]:
    every = list(asked)
    return {name: np.array([judge(one) for one in every], dtype=np.float64) for name, judge in judges.items()}
