"""Measures retrieval on test sets in BEIR form: the product's retriever beside the baselines in the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.baselines import baselines
from eval.corpus import in_memory_snapshot
from eval.datasets import Dataset, read_dataset
from eval.halves import Half, in_half
from eval.metrics import ndcg, recall, reciprocal_rank
from eval.runs import recorded
from eval.systems import NO_PROOFREADER, OURS, Asked, K, Ranked, Search, ours, questions
from eval.typing_errors import mistyped
from knowledge_bases.schema import Language
from retrieval.ports import Embedder

MEASURES: Mapping[str, Callable[[Sequence[str], Mapping[str, int]], float]] = {
    f"nDCG@{K}": partial(ndcg, k=K),
    "Recall@1": partial(recall, k=1),
    "Recall@5": partial(recall, k=5),
    f"Recall@{K}": partial(recall, k=K),
    f"MRR@{K}": partial(reciprocal_rank, k=K),
}
LAST_TURN, WHOLE_HISTORY, EARLIER, AS_TYPED = "last turn", "whole history", "before", "as typed"
Values = Mapping[str, NDArray[np.float64]]  # measure -> one value a question


@dataclass(frozen=True)
class Measured:
    """Every system on the same questions of a set: ``rankings`` by question, ``values`` in the order of ``asked``."""

    suite: str
    documents: int
    asked: tuple[Asked, ...]
    rankings: Mapping[str, Mapping[str, Ranked]]
    values: Mapping[str, Values]

    @property
    def languages(self) -> list[Language]:
        """The languages asked in, in the order of ``Language``."""
        spoken = {asked.language for asked in self.asked}
        return [language for language in Language if language in spoken]

    def asked_in(self, language: Language) -> Measured:
        """The same for the questions in one language."""
        rows = [row for row, asked in enumerate(self.asked) if asked.language is language]
        values = {
            name: {measure: found[rows] for measure, found in system.items()} for name, system in self.values.items()
        }
        return replace(self, asked=tuple(self.asked[row] for row in rows), values=values)


@dataclass(frozen=True)
class Choice:
    """What to measure: one ``half`` of the questions or all, ours alone or beside baselines and an ``earlier`` run.

    ``typing_errors`` seeds the errors put into every question, which ours is also asked without reading them as meant.
    """

    half: Half | None = None
    is_alone: bool = False
    earlier: Path | None = None
    typing_errors: int | None = None


def evaluate(folder: Path, embedder: Embedder, choice: Choice = Choice(), peers: Embedder | None = None) -> Measured:
    """Ask every system of ``choice`` every question of the test set in ``folder`` that it names.

    The baselines embed by ``peers``, the packaged model as it comes; None for the same as ours.

    Raises:
        DatasetInvalid: the folder is not a test set, or the earlier run cannot be read.
    """
    whole = read_dataset(folder)
    dataset = whole if choice.half is None else in_half(whole, choice.half)
    seed = choice.typing_errors
    asked = tuple(one if seed is None else replace(one, text=mistyped(one.text, seed)) for one in questions(dataset))
    for each in {embedder, peers or embedder}:  # in one batch, ahead of the systems
        each.embed([text for one in asked for text in (one.text, one.whole.text)])
    asking = own_systems(dataset, embedder, as_typed=seed is not None)
    if not choice.is_alone:
        asking |= peer_systems(dataset, peers or embedder)
    asking |= {EARLIER: recorded(choice.earlier)} if choice.earlier else {}
    rankings = {name: {one.key: search(one) for one in asked} for name, search in asking.items()}
    return Measured(folder.name, len(dataset.corpus), asked, rankings, _values(dataset, rankings))


def peer_systems(dataset: Dataset, embedder: Embedder) -> dict[str, Search]:
    """The baselines, given a question's last turn; where there are dialogues, also all turns as one text."""
    peers = baselines(dataset, embedder)
    if dataset.histories:
        peers |= {f"{name}, {WHOLE_HISTORY}": _whole(search) for name, search in peers.items()}
    return peers


def own_systems(dataset: Dataset, embedder: Embedder, *, as_typed: bool = False) -> dict[str, Search]:
    """The product's retriever, given the dialogue; where there are dialogues, also without them.

    ``as_typed``: also without its reading typing errors as what was meant.
    """
    snapshot = in_memory_snapshot(dataset, embedder)
    search = ours(snapshot, embedder)
    without = {f"{OURS}, {AS_TYPED}": ours(snapshot, embedder, NO_PROOFREADER)} if as_typed else {}
    return {OURS: search} | ({f"{OURS}, {LAST_TURN}": _last_turn(search)} if dataset.histories else {}) | without


def _last_turn(search: Search) -> Search:
    return lambda asked: search(asked.last_turn)


def _whole(search: Search) -> Search:
    return lambda asked: search(asked.whole)


def _values(dataset: Dataset, rankings: Mapping[str, Mapping[str, Ranked]]) -> dict[str, Values]:
    return {
        name: {
            measure: np.array(
                [value([document for document, _ in ranked], dataset.judged[key]) for key, ranked in found.items()]
            )
            for measure, value in MEASURES.items()
        }
        for name, found in rankings.items()
    }
