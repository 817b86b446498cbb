"""How much speaks against a sentence that no check is certain about: a regression over its traits.

Learned by ``eval/train_weighing.py`` from sentences that people worded beside their evidence. ``weighing.json`` is one
line a trait: its mean, its spread and its weight, positive where it speaks against the sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from math import exp

from guardrails.verification.comparison import Comparison
from guardrails.verification.traits import traits_of

FARTHEST = 4.0  # spreads from its mean that a trait counts at most


@dataclass(frozen=True)
class Weight:
    """What a trait counts: its distance from ``mean`` in ``spread``s, times ``weight``."""

    mean: float
    spread: float
    weight: float

    def of(self, value: float) -> float:
        """What a trait of this value adds."""
        return max(-FARTHEST, min(FARTHEST, (value - self.mean) / self.spread)) * self.weight


@dataclass(frozen=True)
class Scale:
    """All weights, and the doubt from which a sentence is held: one for every language and kind of sentence."""

    weights: Mapping[str, Weight]
    offset: float
    held_from: float

    @cached_property
    def without(self) -> float:
        """What a sentence without any trait sums to."""
        return self.offset + sum(weight.of(0.0) for weight in self.weights.values())

    def doubt(self, traits: Mapping[str, float]) -> float:
        """In (0, 1): how likely the sentence says something that its evidence does not."""
        total = self.without + sum(
            weight.of(value) - weight.of(0.0)
            for name, value in traits.items()
            if (weight := self.weights.get(name)) is not None
        )
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def doubtful(comparison: Comparison) -> bool:
    """Whether so much speaks against the sentence that it is held."""
    return scale().doubt(traits_of(comparison)) >= scale().held_from


@cache
def scale() -> Scale:
    """The scale that is shipped."""
    stored = json.loads(resources.files(__package__).joinpath("weighing.json").read_text(encoding="utf-8"))
    weights = {name: Weight(*numbers) for name, numbers in stored["weights"].items()}
    return Scale(weights, stored["offset"], stored["held_from"])
