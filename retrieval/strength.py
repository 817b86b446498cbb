"""How likely a question is answered by what was found for it: a small network over a few signs of its search.

The best span's lead alone tells near misses in a bank's own documents; the passages' leads and the words that no
document has tell questions of something else, and how much the thesaurus knows of a question says which of both it may
be. Together, and on one scale for all languages, they decide on silence. Trained by ``eval/train_reader.py``; its
numbers are data (``strength.json``).
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ScorerInvalid
from retrieval.fusion import sigmoid

Numbers = NDArray[np.float64]

ARRAYS = ("centre", "scale", "hidden", "hidden_bias", "out")


@dataclass(frozen=True)
class Signs:
    """What a search says: ``passage`` is the reranker's lead of the best passage, ``span`` the best span's.

    ``known`` in [0, 1] is the share of the question's terms, by their rarity, that any document has; ``terms`` counts
    them. ``familiar`` in [0, 1] is how much of the question the thesaurus of the trade knows. ``read`` is whether the
    best spans were read with the question (``retrieval.span_reader``), whose lead is then part of ``span``.
    """

    passage: float
    span: float
    known: float
    terms: int
    chinese: bool
    familiar: float
    read: bool = False


SIGNS = tuple(Signs.__dataclass_fields__)


def weighed(signs: Signs) -> Numbers:
    """The signs as one row of numbers, shape (len(SIGNS),)."""
    return np.array(astuple(signs), dtype=np.float64)


@dataclass(frozen=True)
class Strength:
    """One hidden layer: ``tanh``-gated sums of standardised signs, whose sum of 0 is the operating point.

    ``centre`` and ``scale`` have shape (signs,), ``hidden`` (signs, units), ``hidden_bias`` and ``out`` (units,).
    """

    centre: Numbers
    scale: Numbers
    hidden: Numbers
    hidden_bias: Numbers
    out: Numbers
    offset: float

    def sum(self, signs: Signs) -> float:
        """How much speaks for an answer; above 0 the pipeline gives it."""
        inside = np.tanh((weighed(signs) - self.centre) / self.scale @ self.hidden + self.hidden_bias)
        return float(inside @ self.out) + self.offset

    def of(self, signs: Signs) -> float:
        """The strength of the evidence, in (0, 1); 0.5 is the operating point."""
        return sigmoid(self.sum(signs))

    def to_value(self) -> dict[str, Any]:
        """The network as plain values, named by the signs it was trained on."""
        arrays = {name: value.round(5).tolist() for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return {"signs": list(SIGNS), **arrays, "offset": round(self.offset, 5)}

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> Strength:
        """The network that ``to_value`` gave.

        Raises:
            ScorerInvalid: it was trained on other signs, or its parts do not fit together.
        """
        if value.get("signs") != list(SIGNS):
            raise ScorerInvalid("strength.json was trained on other signs: run python -m eval.train_reader")
        try:
            arrays = {name: np.array(value[name], dtype=np.float64) for name in ARRAYS}
            made = cls(**arrays, offset=float(value["offset"]))
            made.sum(Signs(0.0, 0.0, 0.0, 0, chinese=False, familiar=0.0))
        except (KeyError, TypeError, ValueError) as error:
            raise ScorerInvalid(f"strength.json cannot be read ({error}): run python -m eval.train_reader") from error
        return made


@cache
def shipped_strength() -> Strength:
    """The network of this package.

    Raises:
        ScorerInvalid
    """
    return Strength.from_value(json.loads(files("retrieval").joinpath("strength.json").read_text("utf-8")))
