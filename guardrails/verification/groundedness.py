"""How far a sentence rests on its evidence: a share of its words, and a learned score.

The score was learned by ``eval/train_groundedness.py`` from half A of three public English sets and two Chinese ones.
It ranks; it decides nothing by itself: its numbers mean what they meant in those sets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp

from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading, read
from guardrails.verification.signs import SIGNS, numbers, signs_of


@dataclass(frozen=True)
class Weights:
    """A logistic regression over ``SIGNS``, each less its ``centre`` and over its ``scale``."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weight: tuple[float, ...]
    offset: float

    def score(self, values: tuple[float, ...]) -> float:
        """In (0, 1)."""
        steps = zip(values, self.centre, self.scale, self.weight, strict=True)
        total = self.offset + sum((value - centre) / scale * weight for value, centre, scale, weight in steps)
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def covered(comparison: Comparison) -> float:
    """Share in [0, 1] of the claim's features and figures that the evidence has; 1.0 for a claim without any.

    A pair of Chinese characters that the evidence has apart counts half.
    """
    claim, evidence = comparison.claim, comparison.evidence
    wanted = len(claim.names) + len(claim.figures)
    if not wanted:
        return 1.0
    found = len(claim.names & evidence.names) + sum(any(s.states(f) for s in evidence.figures) for f in claim.figures)
    apart = sum(not name.isascii() and all(c in evidence.text for c in name) for name in claim.names - evidence.names)
    return (found + apart / 2) / wanted


def grounded(comparison: Comparison) -> float:
    """The learned score in [0, 1]: the higher, the likelier is the sentence borne out."""
    return _weights().score(numbers(signs_of(comparison)))


def groundedness(text: str, evidence: str) -> float:
    """The learned score in [0, 1] of ``text`` beside ``evidence``, in English or Chinese."""
    return grounded(Comparison(Reading(text), read(evidence)))


@cache
def _weights() -> Weights:
    stored = json.loads(resources.files(__package__).joinpath("groundedness.json").read_text(encoding="utf-8"))
    if tuple(stored["signs"]) != SIGNS:
        raise ValueError("groundedness.json is of other signs than signs.py; run eval.train_groundedness again")
    return Weights(tuple(stored["centre"]), tuple(stored["scale"]), tuple(stored["weight"]), stored["offset"])
