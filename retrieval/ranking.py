"""The quotable spans of the passages found, best first, and how strongly the best one answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_bases.schema import Passage
from retrieval.concepts import Thesaurus
from retrieval.features import Asked, Found, View, features, views
from retrieval.quotable import Quotable, quotables
from retrieval.scorer import Scorer


@dataclass(frozen=True)
class Quote:
    """A span that may be quoted, and how well it answers: ``score`` is the scorer's, higher is better.

    ``covered`` is the question's terms in it and around it.
    """

    quotable: Quotable
    score: float
    covered: frozenset[str]


@dataclass(frozen=True)
class Candidate:
    """A passage, how it was found, and its spans made ready to be compared."""

    passage: Passage
    found: Found
    views: tuple[View, ...]


def views_of(passage: Passage, thesaurus: Thesaurus) -> tuple[View, ...]:
    """The spans of a passage made ready; they do not depend on the question, and may be kept."""
    return views(passage.chunk, quotables(passage), thesaurus)


def ranked(asked: Asked, candidates: Sequence[Candidate], scorer: Scorer) -> tuple[Quote, ...]:
    """Every span that shares a term or a concept with the question, best first; ties in passage order."""
    pairs = [(candidate, view) for candidate in candidates for view in candidate.views if _touches(asked, view)]
    if not pairs:
        return ()
    scores = scorer.scores(features(asked, [(view, candidate.found) for candidate, view in pairs]))
    quotes = [
        Quote(_from(candidate.passage, view), float(score), _covered(asked, view))
        for (candidate, view), score in zip(pairs, scores, strict=True)
    ]
    return tuple(sorted(quotes, key=lambda quote: -quote.score))


def _touches(asked: Asked, view: View) -> bool:
    named = view.focus.concepts | view.around.concepts
    return bool(_covered(asked, view)) or any(not need.concepts.isdisjoint(named) for need in asked.needs)


def _covered(asked: Asked, view: View) -> frozenset[str]:
    return frozenset(asked.weights.keys() & (view.focus.terms | view.around.terms))


def _from(passage: Passage, view: View) -> Quotable:
    kept = view.quotable
    return Quotable(passage, kept.units, kept.focus, kept.around, kept.question)
