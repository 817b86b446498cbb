"""What a text is, as learned: a softmax over named features, each with a weight for an attack and one for harm.

``weights.json`` is written by ``python -m eval.train_attacks``; the figures are in docs/measurements.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp, sqrt

from guardrails.attacks.features import features


@dataclass(frozen=True)
class Likelihood:
    """How likely a text is an order to the assistant, and how likely it asks for help with harm; both in [0, 1]."""

    attack: float
    harm: float


@dataclass(frozen=True)
class Model:
    """``weights`` has each known feature's weights, ``bias`` those of every text, in hundredths, attack first.

    ``thresholds`` are the likelihoods from which a message counts as one, in the same order; ``planted`` is that of an
    attack for a document's words, which nothing else reads for their meaning.
    """

    weights: dict[str, tuple[int, int]]
    bias: tuple[int, int]
    thresholds: tuple[float, float]
    planted: float

    def likelihood(self, text: str) -> Likelihood:
        """What normalised ``text`` is likely to be."""
        known = [weights for weights in map(self.weights.get, features(text)) if weights]
        scale = 0.01 / sqrt(len(known) or 1)
        attack = exp(0.01 * self.bias[0] + scale * sum(weights[0] for weights in known))
        harm = exp(0.01 * self.bias[1] + scale * sum(weights[1] for weights in known))
        return Likelihood(attack / (1 + attack + harm), harm / (1 + attack + harm))


@cache
def shipped_model() -> Model:
    """The model of this release."""
    stored = json.loads(resources.files(__package__).joinpath("weights.json").read_text(encoding="utf-8"))
    weights = {name: (attack, harm) for name, (attack, harm) in stored["weights"].items()}
    return Model(weights, tuple(stored["bias"]), tuple(stored["thresholds"]), stored["planted"])
