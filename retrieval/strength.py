"""How likely the passages answer the question: a logistic model over a few plain features of both.

The coefficients are data (``strength.yaml``), fitted by ``eval/strength.py`` on questions of a development set only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from importlib.resources import files
from math import log1p

import yaml

from knowledge_bases.schema import Passage
from retrieval.errors import LexiconInvalid
from retrieval.fusion import sigmoid
from retrieval.tokens import is_character, is_number, terms
from retrieval.types import Query

TOP = 3
RARE_SHARE = 0.34  # the rarest third of a question's own words names what it is about


@dataclass(frozen=True)
class Features:
    """What the model sees; each in [0, 1] but ``length`` (log of 1 + number of the question's own terms).

    coverage_best, coverage_top   idf-weighted share of the question's terms, or their equals, in the best passage
                                  that has most of them, and in the first three together
    rare                          the same in the best passage over the rarest third of the question's own terms
    numbers                       share of the question's numbers and dates in the first three (1 without any)
    cosine                        best cosine of the first three, 0 where the dense leg has no say
    dense_heard                   1 where it has
    gap                           how far the first passage's score stands above the last one's
    same_language                 1 where the first passage is in the customer's language
    """

    coverage_best: float
    coverage_top: float
    rare: float
    numbers: float
    cosine: float
    dense_heard: float
    gap: float
    length: float
    same_language: float


@dataclass(frozen=True)
class Evidence:
    """``strength`` in [0, 1]; 0 where nothing was found. ``features`` is what it was computed from."""

    strength: float
    features: Features


@dataclass(frozen=True)
class StrengthModel:
    """Logistic regression: ``intercept`` and one coefficient a feature, in the order of ``Features``."""

    intercept: float
    coefficients: tuple[float, ...]

    def strength(self, features: Features) -> float:
        """The probability that the passages answer, in [0, 1]."""
        values = zip(self.coefficients, astuple(features), strict=True)
        return sigmoid(self.intercept + sum(coefficient * value for coefficient, value in values))


def evidence(
    query: Query, weights: Mapping[str, float], passages: Sequence[Passage], idf: Callable[[str], float]
) -> Evidence:
    """How strongly ``passages`` answer ``query``, whose weighted terms are ``weights``."""
    features = measure(query, weights, passages, idf)
    return Evidence(shipped_model().strength(features) if passages else 0.0, features)


def measure(
    query: Query, weights: Mapping[str, float], passages: Sequence[Passage], idf: Callable[[str], float]
) -> Features:
    """The features; all of them but ``length`` and ``numbers`` are 0 where no passage was found."""
    content = {term: weight * idf(term) for term, weight in weights.items() if not is_character(term)}
    own = sorted((term for term in content if weights[term] == 1), key=lambda term: (-idf(term), term))
    rare = {term: content[term] for term in own[: max(1, round(len(own) * RARE_SHARE))]}
    numbers = dict.fromkeys(filter(is_number, own), 1.0)
    found = [set(terms(passage.chunk.indexed_text)) for passage in passages[:TOP]]
    cosines = [passage.dense for passage in passages[:TOP] if passage.dense is not None]
    return Features(
        coverage_best=max((_share(content, have) for have in found), default=0.0),
        coverage_top=_share(content, set().union(*found)),
        rare=max((_share(rare, have) for have in found), default=0.0),
        numbers=_share(numbers, set().union(*found)) if numbers else 1.0,
        cosine=max(0.0, *cosines) if cosines else 0.0,
        dense_heard=float(bool(cosines)),
        gap=min(1.0, passages[0].score - passages[-1].score) if passages else 0.0,
        length=log1p(len(own)),
        same_language=float(bool(passages) and passages[0].chunk.language is query.language),
    )


@cache
def shipped_model() -> StrengthModel:
    """The model of ``strength.yaml``.

    Raises:
        LexiconInvalid: the file does not name exactly the features.
    """
    value = yaml.safe_load(files("retrieval").joinpath("strength.yaml").read_text("utf-8"))
    names = [field.name for field in fields(Features)]
    if set(value["coefficients"]) != set(names):
        raise LexiconInvalid(f"retrieval/strength.yaml must give a coefficient for each of {', '.join(names)}")
    return StrengthModel(value["intercept"], tuple(float(value["coefficients"][name]) for name in names))


def _share(weighted: Mapping[str, float], have: set[str]) -> float:
    total = sum(weighted.values())
    return sum(weight for term, weight in weighted.items() if term in have) / total if total else 0.0
