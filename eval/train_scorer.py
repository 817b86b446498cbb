"""Trains the scorer of quotable spans: ``python -m eval.train_scorer SUITES [CACHE]`` writes ``retrieval/scorer.json``.

Run ``eval.train_reranker`` first: the scorer reads what the reranker says. So that it learns how far a reranker is to
be trusted with questions it has not seen, each institution is read with one that was trained without it.

A question's spans and one more choice, silence, share a softmax: its loss is the surprise at what is right.
Run ``eval.train_reader`` after it: it learns from what the scorer puts first, and the strength from both.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import retrieval
from eval.embeddings import KeptEmbedder
from eval.silent_network import Network, Plan, numbers, trained
from eval.train_reranker import fit as fit_reranker
from eval.train_reranker import material_of
from eval.train_strength import signs_of
from eval.training_material import Sample, institutions, samples
from retrieval.models import finance_model
from retrieval.onnx_embedder import OnnxEmbedder
from retrieval.ports import Embedder
from retrieval.scorer import Scorer
from retrieval.strength import Strength

PLAN = Plan(units=32, epochs=14, batch=16, learning_rate=4e-3, dropout=0.2)
FILE = Path(retrieval.__file__ or "").parent / "scorer.json"


@dataclass(frozen=True)
class Judged:
    """How one question went: how much spoke for an answer, and the rank of the first span that answers.

    ``rank`` counts from 1; None for an unanswerable question, and where nothing that answers was found.
    """

    answerable: bool
    lead: float
    rank: int | None


def fit(material: Sequence[Sample]) -> Scorer:
    """The network that fits ``material``; questions whose answer was not found are left out.

    Raises:
        ValueError: there is nothing to learn from.
    """
    usable = [sample for sample in material if len(sample.rows) and sample.case.answerable == bool(sample.gold.any())]
    if not usable:
        raise ValueError("no question of the material has spans to learn from")
    together = np.concatenate([sample.rows for sample in usable])
    centre, scale = together.mean(axis=0), together.std(axis=0) + 1e-6
    ready = [(torch.from_numpy((s.rows - centre) / scale), torch.from_numpy(s.gold)) for s in usable]
    return _as_scorer(trained(together.shape[1], PLAN, ready, _loss), centre, scale)


def _loss(network: Network, batch: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Surprise at what is right among spans and silence; where a span is, also among the spans alone."""
    scores = network(torch.cat([rows for rows, _ in batch])).split([len(rows) for rows, _ in batch])
    losses = []
    for spans, (_, gold) in zip(scores, batch, strict=True):
        choices = torch.log_softmax(torch.cat([spans, network.silence]), dim=0)
        if gold.any():
            losses += [-choices[:-1][gold].logsumexp(0), -torch.log_softmax(spans, dim=0)[gold].logsumexp(0)]
        else:
            losses.append(-choices[-1])
    return torch.stack(losses).sum() / len(batch)


def _as_scorer(network: Network, centre: NDArray[np.float32], scale: NDArray[np.float32]) -> Scorer:
    return Scorer(
        centre=centre.astype(np.float32),
        scale=scale.astype(np.float32),
        hidden=numbers(network.hidden.weight).T,
        hidden_bias=numbers(network.hidden.bias),
        out=numbers(network.out.weight)[0],
        silence=float(network.silence.item()),
    )


def judge(scorer: Scorer, sample: Sample, strength: Strength | None = None) -> Judged:
    """How ``scorer`` does on one question: by the lead of its best span, or by all that ``strength`` weighs."""
    if not len(sample.rows):
        return Judged(sample.case.answerable, -np.inf, None)
    scores = scorer.scores(sample.rows)
    order = np.argsort(-scores, kind="stable")
    rank = int(np.flatnonzero(sample.gold[order])[0]) + 1 if sample.gold.any() else None
    signs = signs_of(sample, scorer)
    return Judged(sample.case.answerable, strength.sum(signs) if strength else signs.span, rank)


def without_each(material: Sequence[Sample]) -> dict[str, Scorer]:
    """By institution the scorer that fits all the others."""
    names = sorted({sample.institution for sample in material})
    return {name: fit([sample for sample in material if sample.institution != name]) for name in names}


def held_out(
    material: Sequence[Sample], scorers: Mapping[str, Scorer], strengths: Mapping[str, Strength] | None = None
) -> list[Judged]:
    """Every question judged by a scorer, and a strength, that have not seen its institution."""
    chosen = strengths or {}
    return [judge(scorers[s.institution], s, chosen.get(s.institution)) for s in material]


def discrimination(judged: Sequence[Judged]) -> float:
    """How often a question with an answer leads by more than one without (area under the ROC curve, ties half)."""
    good = np.array([j.lead for j in judged if j.answerable])[:, None]
    bad = np.array([j.lead for j in judged if not j.answerable])
    return float(np.mean((good > bad) + 0.5 * (good == bad)))


def operating_point(judged: Sequence[Judged], declined: float) -> float:
    """The lead that ``declined`` of the unanswerable questions do not exceed."""
    return float(np.quantile([j.lead for j in judged if not j.answerable], declined))


def calibrated(strength: Strength, judged: Sequence[Judged], declined: float) -> Strength:
    """The same order of questions, with a strength of 0.5 at the operating point."""
    return replace(strength, offset=strength.offset - operating_point(judged, declined))


def summary(judged: Sequence[Judged]) -> list[str]:
    """What to read: first quote right, answer among the first four, and what is kept at several operating points."""
    good = [j for j in judged if j.answerable]
    lines = [f"{len(good)} answerable, {len(judged) - len(good)} not; area under ROC {discrimination(judged):.3f}"]
    for first in (1, 4):
        right = sum(j.rank is not None and j.rank <= first for j in good)
        lines.append(f"answer among the first {first}: {right / len(good):.3f}")
    for declined in (0.7, 0.8, 0.9):
        point = operating_point(judged, declined)
        kept = [j for j in good if j.lead > point]
        right = sum(j.rank is not None and j.rank <= 4 for j in kept)
        lines.append(f"declining {declined:.0%}: answers {len(kept) / len(good):.3f}, right {right / len(good):.3f}")
    return lines


def read_apart(suites: Path, embedder: Embedder) -> list[Sample]:
    """The questions of all institutions, each read with a reranker that was trained without it."""
    learned = material_of(suites, embedder)
    material: list[Sample] = []
    for name in institutions():
        others = chain.from_iterable(rankings for other, rankings in learned.items() if other != name)
        material += samples(name, embedder, fit_reranker([*others]))
        print(f"{name} read by a reranker of the others: {len(material)} questions so far", file=sys.stderr)
    return material


def main(suites: Path, cache: Path) -> None:
    """Train on all institutions, write the scorer; how held-out ones fare goes to standard error."""
    embedder = KeptEmbedder(OnnxEmbedder(finance_model()), cache)
    material = read_apart(suites, embedder)
    embedder.keep()
    print("by the best span alone", *summary(held_out(material, without_each(material))), sep="\n  ", file=sys.stderr)
    FILE.write_text(json.dumps(fit(material).to_value()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(sys.argv[1]) / ".embedded")
