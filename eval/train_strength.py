"""Learns what the signs say of whether a question is answered, from institutions held out and public sets.

Half A of the public sets, half of their questions robbed of the documents that answer them, and questions of something
else teach it what to say of these; the training institutions, each read by a reranker and a scorer that were trained
without it, what to say of near misses. Part of ``eval.train_scorer``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from eval.silent_network import Network, Plan, numbers, trained
from eval.training_material import Sample
from retrieval.scorer import Scorer
from retrieval.strength import SIGNS, Signs, Strength, weighed

MOST = 800  # questions that a test set counts for, however many it has
NOTHING = -10.0  # a lead of no span at all
PLAN = Plan(units=32, epochs=30, batch=64, learning_rate=5e-3, dropout=0.1)


@dataclass(frozen=True)
class Seen:
    """One question with what its search said."""

    signs: Signs
    answerable: bool
    weight: float = 1.0


def of_samples(material: Sequence[Sample], scorers: Mapping[str, Scorer]) -> dict[str, list[Seen]]:
    """The questions about each training institution, by the scorer of its name in ``scorers``."""
    seen: dict[str, list[Seen]] = {}
    for sample in material:
        own = Seen(signs_of(sample, scorers[sample.institution]), sample.case.answerable)
        seen.setdefault(sample.institution, []).append(own)
    return seen


def signs_of(sample: Sample, scorer: Scorer) -> Signs:
    """The signs of one question, its spans scored by ``scorer``."""
    best = scorer.lead(float(scorer.scores(sample.rows).max())) if len(sample.rows) else NOTHING
    return replace(sample.signs, span=best)


def fit(seen: Sequence[Seen]) -> Strength:
    """The network under which what was ``seen`` is likeliest.

    Raises:
        ValueError: there is nothing to learn from.
    """
    if not seen:
        raise ValueError("no question to learn from")
    rows = np.stack([weighed(one.signs) for one in seen])
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    ready = [
        (torch.from_numpy(row.astype(np.float32)), float(one.answerable), one.weight)
        for row, one in zip((rows - centre) / scale, seen, strict=True)
    ]
    network = trained(len(SIGNS), PLAN, ready, _loss)
    return Strength(
        centre=centre,
        scale=scale,
        hidden=numbers(network.hidden.weight).T.astype(np.float64),
        hidden_bias=numbers(network.hidden.bias).astype(np.float64),
        out=numbers(network.out.weight)[0].astype(np.float64),
        offset=-float(network.silence.item()),
    )


def _loss(network: Network, batch: Sequence[tuple[torch.Tensor, float, float]]) -> torch.Tensor:
    """Weighted mean surprise at which questions are answered, silence scoring against each."""
    leads = network(torch.stack([row for row, _, _ in batch])) - network.silence
    right = torch.tensor([answerable for _, answerable, _ in batch])
    weights = torch.tensor([weight for _, _, weight in batch])
    return (binary_cross_entropy_with_logits(leads, right, reduction="none") * weights).mean()


def without_each(seen: Mapping[str, Sequence[Seen]], public: Sequence[Seen]) -> dict[str, Strength]:
    """By institution the network that fits all the others and the ``public`` sets."""
    return {
        name: fit([*(one for other, own in seen.items() if other != name for one in own), *public]) for name in seen
    }
