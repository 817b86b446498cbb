"""How well a quotable span answers, learned: a small network over ``retrieval.features``.

Trained by ``eval/train_scorer.py`` on questions about institutions that no measurement uses (``eval/training``); its
numbers are data (``scorer.json``). It weighs all spans of a question against one more choice, that none of them
answers, so that its lead over it says something of the evidence too (``retrieval.strength``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ScorerInvalid
from retrieval.features import FEATURES

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Scorer:
    """One hidden layer: ``tanh``-gated sums of standardised features.

    ``centre`` and ``scale`` have shape (features,), ``hidden`` (features, units), ``hidden_bias`` (units,), ``out``
    (units,). ``silence`` is the score of saying nothing.
    """

    centre: Numbers
    scale: Numbers
    hidden: Numbers
    hidden_bias: Numbers
    out: Numbers
    silence: float

    def scores(self, rows: Numbers) -> Numbers:
        """One score a row of features, shape (n,); higher answers better."""
        inside = np.tanh(((rows - self.centre) / self.scale) @ self.hidden + self.hidden_bias)
        return np.asarray(inside @ self.out, dtype=np.float32)

    def lead(self, best: float) -> float:
        """How far the best span, scored ``best``, is ahead of silence."""
        return best - self.silence

    def to_value(self) -> dict[str, Any]:
        """The model as plain values, named by the features it was trained on."""
        arrays = {name: value.round(5).tolist() for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        numbers = {name: round(value, 5) for name, value in vars(self).items() if isinstance(value, float)}
        return {"features": list(FEATURES), **arrays, **numbers}

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Scorer:
        """The model that ``to_value`` gave.

        Raises:
            ScorerInvalid: it was trained on other features, or its parts do not fit together.
        """
        if value.get("features") != list(FEATURES):
            raise ScorerInvalid("scorer.json was trained on other features: run python -m eval.train_scorer")
        try:
            fields = {name: value[name] for name in cls.__dataclass_fields__}
            made = cls(**{name: _number(field) for name, field in fields.items()})
            made.scores(np.zeros((1, len(FEATURES)), dtype=np.float32))
        except (KeyError, TypeError, ValueError) as error:
            raise ScorerInvalid(f"scorer.json cannot be read ({error}): run python -m eval.train_scorer") from error
        return made


@cache
def shipped_scorer() -> Scorer:
    """The model of this package.

    Raises:
        ScorerInvalid
    """
    return Scorer.from_value(json.loads(files("retrieval").joinpath("scorer.json").read_text("utf-8")))


def _number(field: Any) -> Any:
    return np.array(field, dtype=np.float32) if isinstance(field, list) else float(field)
