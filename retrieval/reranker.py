"""Puts the rows that were found in a better order, learned: a small network over ``retrieval.matches``.

It weighs the rows against one more choice, that none of them answers, so that its scores also say something of a
question that the documents do not answer. Trained by ``eval/train_reranker.py``; its numbers are data
(``reranker.json``).
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
from retrieval.matches import FEATURES

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Reranker:
    """One hidden layer: ``tanh``-gated sums of standardised features.

    ``centre`` and ``scale`` have shape (features,), ``hidden`` (features, units), ``hidden_bias`` and ``out`` (units,);
    ``silence``, shape (1,), is the score of none.
    """

    centre: Numbers
    scale: Numbers
    hidden: Numbers
    hidden_bias: Numbers
    out: Numbers
    silence: Numbers

    def leads(self, rows: Numbers) -> NDArray[np.float64]:
        """One number a row of features, shape (n,): its log-odds of answering over that none does."""
        inside = np.tanh(((rows - self.centre) / self.scale) @ self.hidden + self.hidden_bias)
        return np.asarray(inside @ self.out - self.silence, dtype=np.float64)

    def to_value(self) -> dict[str, Any]:
        """The model as plain values, named by the features it was trained on."""
        return {"features": list(FEATURES), **{name: value.round(5).tolist() for name, value in vars(self).items()}}

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Reranker:
        """The model that ``to_value`` gave.

        Raises:
            ScorerInvalid: it was trained on other features, or its parts do not fit together.
        """
        if value.get("features") != list(FEATURES):
            raise ScorerInvalid("the reranker was trained on other features: train it again")
        try:
            arrays = {name: np.array(value[name], dtype=np.float32) for name in cls.__dataclass_fields__}
        except (KeyError, ValueError) as error:
            raise ScorerInvalid(f"the reranker cannot be read ({error}): train it again") from error
        if not arrays["hidden"].shape == (len(FEATURES), len(arrays["out"])):
            raise ScorerInvalid("the reranker's parts do not fit together: train it again")
        return cls(**arrays)


@cache
def shipped_reranker() -> Reranker:
    """The reranker that comes with the program."""
    return Reranker.from_value(json.loads(files("retrieval").joinpath("reranker.json").read_text("utf-8")))
