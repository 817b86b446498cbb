"""Trains the reranker: ``python -m eval.train_reranker SUITES [CACHE]`` writes ``retrieval/reranker.json``.

It learns to put first what answers, from half A of the public test sets in SUITES (made by ``make suites``; half B is
kept to report) and from all training institutions (``eval/training``). A question's rows and one more choice, that none
answers, share a softmax: its loss is the surprise at what is right. One question in two is asked again without the
documents that answer it, one in eight with the dense leg down.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray

import retrieval
from eval.answers import Case, Gold, read_suite, squeeze
from eval.corpus import in_memory_snapshot
from eval.datasets import Dataset, read_dataset
from eval.embeddings import KeptEmbedder
from eval.halves import Half, in_half
from eval.silent_network import Network, Plan, numbers, trained
from eval.systems import query_of, questions
from eval.training_material import ROOT, institutions, retriever_of
from knowledge_bases.schema import Chunk, VersionKey
from retrieval.features import reads
from retrieval.matches import FEATURES, Matches, features
from retrieval.models import finance_model
from retrieval.onnx_embedder import OnnxEmbedder
from retrieval.ports import Embedder
from retrieval.reranker import Reranker
from retrieval.retriever import Retriever
from retrieval.types import Query

SETS = ("bankfaqs", "cmrc", "drcd", "finllm", "mtrag", "tatqa")  # those that ask; the others pair sentences
PLAN = Plan(units=24, epochs=10, batch=64, learning_rate=6e-3, dropout=0.1)
WITHOUT_ANSWER = 2  # one question of so many is also asked without the documents that answer it
WITHOUT_MEANING = 8  # one of so many with the dense leg down
EQUAL_PARTS = 800  # questions that a test set counts for, however many it has; a small one not more than fourfold
FILE = Path(retrieval.__file__ or "").parent / "reranker.json"


@dataclass(frozen=True)
class Ranking:
    """One question: its ``rows`` of features, shape (n, features), the grades of those that answer, its weight.

    Where no row has a grade, nothing that was found answers.
    """

    rows: NDArray[np.float32]
    gold: NDArray[np.float32]
    weight: float = 1.0


def of_set(dataset: Dataset, embedder: Embedder) -> Iterator[Ranking]:
    """The questions of a test set, each by its grades; those of which nothing that answers was found are left out."""
    asked = list(questions(dataset))
    embedder.embed([one.text for one in asked])  # in one batch
    snapshot = in_memory_snapshot(dataset, embedder)
    weight = EQUAL_PARTS / max(len(asked), EQUAL_PARTS / 4)
    keys = {chunk.id: chunk.key for chunk in snapshot.chunks}
    everything = frozenset(keys.values())
    retrievers = Retriever(snapshot, embedder), Retriever(snapshot, None)
    for number, one in enumerate(asked):
        judged = {keys[document]: grade for document, grade in dataset.judged[one.key].items() if document in keys}
        query = query_of(one)
        for matches in _variants(retrievers, query, everything - judged.keys(), number):
            grades = [float(judged.get(snapshot.chunks[row].key, 0)) for row in matches.rows]
            yield Ranking(features(matches), np.array(grades, dtype=np.float32), weight)


def of_institution(name: str, embedder: Embedder) -> Iterator[Ranking]:
    """The questions about one training institution, those that its documents do not answer too."""
    with TemporaryDirectory() as root:
        retriever = retriever_of(name, embedder, Path(root))
    chunks = retriever.snapshot.chunks
    everything = {chunk.key for chunk in chunks}
    cases = [case for path in sorted((ROOT / name).glob("questions-*.jsonl")) for case in read_suite(path)]
    for number, case in enumerate(cases):
        golden = {gold.document for gold in case.gold}
        without = frozenset(key for key in everything if key.document not in golden)
        query = Query(case.question, case.language)
        for matches in _variants((retriever, Retriever(retriever.snapshot, None)), query, without, number):
            gold = _gold(case, [chunks[row] for row in matches.rows])
            if gold.any() or not case.answerable or not any(chunks[row].key.document in golden for row in matches.rows):
                yield Ranking(features(matches), gold)


def _variants(
    retrievers: tuple[Retriever, Retriever], query: Query, without: frozenset[VersionKey], number: int
) -> Iterator[Matches]:
    """What is found for a question: as it is, and for some questions ``without`` what answers, or without meaning."""
    whole, deaf = retrievers
    found = [whole.matches(query)]
    if number % WITHOUT_ANSWER == 0:
        found.append(whole.matches(query, without))
    if number % WITHOUT_MEANING == 0:
        found.append(deaf.matches(query))
    yield from (matches for matches in found if matches is not None)


def _gold(case: Case, chunks: Sequence[Chunk]) -> NDArray[np.float32]:
    """The chunks that answer; of these the ones the customer reads, if any."""
    marks = np.array([any(_holds(chunk, gold) for gold in case.gold) for chunk in chunks], dtype=np.bool_)
    read = marks & np.array([reads(chunk.language, case.language) for chunk in chunks], dtype=np.bool_)
    return (read if read.any() else marks).astype(np.float32)


def _holds(chunk: Chunk, gold: Gold) -> bool:
    return gold.document == chunk.key.document and squeeze(gold.contains) in squeeze(chunk.text)


def fit(material: Sequence[Ranking]) -> Reranker:
    """The network that fits ``material``.

    Raises:
        ValueError: there is nothing to learn from.
    """
    if not material:
        raise ValueError("no question of the material has rows to learn from")
    together = np.concatenate([ranking.rows for ranking in material])
    centre, scale = together.mean(axis=0), together.std(axis=0) + 1e-6
    ready = [Ranking((r.rows - centre) / scale, r.gold, r.weight) for r in material]
    network = trained(len(FEATURES), PLAN, ready, _loss)
    return Reranker(
        centre=centre.astype(np.float32),
        scale=scale.astype(np.float32),
        hidden=numbers(network.hidden.weight).T,
        hidden_bias=numbers(network.hidden.bias),
        out=numbers(network.out.weight)[0],
        silence=numbers(network.silence),
    )


def _loss(network: Network, batch: Sequence[Ranking]) -> torch.Tensor:
    """Surprise at what is right among rows and silence; where a row is, also among the rows alone. Weighted mean."""
    rows = torch.from_numpy(np.concatenate([ranking.rows for ranking in batch]))
    scores = network(rows).split([len(ranking.rows) for ranking in batch])
    losses = []
    for own, ranking in zip(scores, batch, strict=True):
        choices = torch.log_softmax(torch.cat([own, network.silence]), dim=0)
        if ranking.gold.any():
            grades = torch.from_numpy(ranking.gold / ranking.gold.sum())
            among = (grades * torch.log_softmax(own, dim=0)).sum()
            losses.append(-ranking.weight * (among + choices[:-1].logsumexp(0)))
        else:
            losses.append(-ranking.weight * choices[-1])
    return torch.stack(losses).sum() / sum(ranking.weight for ranking in batch)


def material_of(suites: Path, embedder: Embedder) -> dict[str, list[Ranking]]:
    """What there is to learn from, by the name of the test set or of the training institution."""
    material: dict[str, list[Ranking]] = {}
    for name in SETS:
        material[name] = list(of_set(in_half(read_dataset(suites / name), Half.A), embedder))
        print(f"half A of {name}: {len(material[name])} questions", file=sys.stderr)
    for name in institutions():
        material[name] = list(of_institution(name, embedder))
        print(f"{name}: {len(material[name])} questions", file=sys.stderr)
    return material


def main(suites: Path, cache: Path) -> None:
    """Train on everything, write the reranker."""
    embedder = KeptEmbedder(OnnxEmbedder(finance_model()), cache)
    material = material_of(suites, embedder)
    embedder.keep()
    FILE.write_text(json.dumps(fit([*chain.from_iterable(material.values())]).to_value()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(sys.argv[1]) / ".embedded")
