"""How likely the passages answer the question: a logistic model over a few plain features of both.

The coefficients are data (``strength.yaml``), fitted by ``eval/strength.py`` on questions of a development set only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from importlib.resources import files

import yaml

from knowledge_bases.schema import Passage
from retrieval.errors import LexiconInvalid
from retrieval.expansion import Concept
from retrieval.fusion import sigmoid
from retrieval.tokens import is_character, is_number, terms
from retrieval.types import Query

Rarity = Callable[[str], float]  # a term's inverse document frequency, > 0

TOP = 3
RARE_SHARE = 0.34  # the rarest third of a question's concepts says what it is about
HALF_SCORE = 8.0  # the BM25 score that counts as half convincing
EQUAL_WORTH = 0.9  # of a concept found in other words than the question's


@dataclass(frozen=True)
class Features:
    """What the model sees, each in [0, 1]; the more, the likelier the passages answer.

    coverage_best, coverage_top   share of the question's concepts, weighted by rarity, in the passage of the first
                                  three that has most of them, and in the three together
    coverage_unit                 the same in the one sentence or table row that has most of them
    rare                          the same in the best passage over the rarest third of the concepts
    numbers                       share of the question's numbers and dates in the first three (1 without any)
    lexical                       BM25 of the first passage, brought to [0, 1) as s / (s + 8)
    cosine                        best cosine of the first three, 0 where the dense leg has no say
    dense_heard                   1 where it has
    gap                           how far the first passage's score stands above the last one's
    same_language                 1 where the first passage is in the customer's language
    """

    coverage_best: float
    coverage_top: float
    coverage_unit: float
    rare: float
    numbers: float
    lexical: float
    cosine: float
    dense_heard: float
    gap: float
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


def evidence(query: Query, concepts: Sequence[Concept], passages: Sequence[Passage], idf: Rarity) -> Evidence:
    """How strongly ``passages``, best first, answer ``query``, which names ``concepts``."""
    features = measure(query, concepts, passages, idf)
    return Evidence(shipped_model().strength(features) if passages else 0.0, features)


def measure(query: Query, concepts: Sequence[Concept], passages: Sequence[Passage], idf: Rarity) -> Features:
    """The features; all of them but ``numbers`` are 0 where no passage was found."""
    top = passages[:TOP]
    asked = sorted(((concept, _importance(concept, idf)) for concept in concepts), key=lambda pair: -pair[1])
    rare = asked[: max(1, round(len(asked) * RARE_SHARE))]
    numbers = [(concept, 1.0) for concept in concepts if is_number(concept.own[0])]
    texts = [set(terms(passage.chunk.indexed_text)) for passage in top]
    units = [set(terms(p.chunk.words(unit.span))) for p in top for unit in p.chunk.units]
    cosines = [passage.dense for passage in top if passage.dense is not None]
    lexical = (passages[0].lexical or 0.0) if passages else 0.0
    return Features(
        coverage_best=max((_share(asked, have) for have in texts), default=0.0),
        coverage_top=_share(asked, set().union(*texts)),
        coverage_unit=max((_share(asked, have) for have in units), default=0.0),
        rare=max((_share(rare, have) for have in texts), default=0.0),
        numbers=_share(numbers, set().union(*texts)) if numbers else 1.0,
        lexical=lexical / (lexical + HALF_SCORE),
        cosine=max(0.0, *cosines) if cosines else 0.0,
        dense_heard=float(bool(cosines)),
        gap=min(1.0, passages[0].score - passages[-1].score) if passages else 0.0,
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


def _share(asked: Sequence[tuple[Concept, float]], have: set[str]) -> float:
    total = sum(importance for _, importance in asked)
    return sum(importance * _found(concept, have) for concept, importance in asked) / total if total else 0.0


def _found(concept: Concept, have: set[str]) -> float:
    """How much of the concept is in ``have``, by its best form, in [0, 1]."""
    shares = [sum(term in have for term in _telling(form)) / len(_telling(form)) for form in concept.forms if form]
    return max(shares[0], EQUAL_WORTH * max(shares))


def _importance(concept: Concept, idf: Rarity) -> float:
    telling = _telling(concept.own)
    mean = sum(map(idf, telling)) / len(telling)
    return mean / 2 if is_character(telling[0]) else mean


def _telling(form: tuple[str, ...]) -> tuple[str, ...]:
    """The terms of a form without single Chinese characters, unless there is nothing else."""
    return tuple(term for term in form if not is_character(term)) or form
