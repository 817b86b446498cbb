"""The quotable spans of the passages found, best first, and how strongly the best one answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import permutations
from math import inf

from knowledge_bases.schema import Passage
from retrieval.concepts import Thesaurus
from retrieval.features import features
from retrieval.quotable import Quotable, quotables
from retrieval.scorer import Scorer
from retrieval.tokens import is_number, is_pair, terms
from retrieval.views import Asked, Found, View, views

CELL = " | "  # how a parsed table parts its cells (knowledge_bases.parsed.Table)
LABELS_KEPT = 20_000  # first cells of rows, as words


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
    """Every span that shares a term or a concept with the question, best first; ties in passage order.

    Of rows alike but for a figure ("1 month", "3 months") those that are named, where one is.
    """
    compared = ((candidate, view, _covered(asked, view)) for candidate in candidates for view in candidate.views)
    near = [(candidate, view, covered) for candidate, view, covered in compared if covered or _named(asked, view)]
    left_out = _beside_the_named(asked, [view.quotable for _, view, _ in near])
    near = [each for number, each in enumerate(near) if number not in left_out]
    if not near:
        return ()
    scores = scorer.scores(features(asked, [(view, candidate.found) for candidate, view, _ in near]))
    quotes = [
        Quote(_from(candidate.passage, view), float(score), covered)
        for (candidate, view, covered), score in zip(near, scores, strict=True)
    ]
    return tuple(sorted(_named_first(asked, quotes), key=lambda quote: -quote.score))


def reread(asked: Asked, quotes: Sequence[Quote], leads: Sequence[float], share: float) -> tuple[Quote, ...]:
    """The first of ``quotes`` in the order of their scores and ``share`` times the reader's ``leads`` together.

    Those that were not read, past the ``leads``, keep their place behind all that were, and score no higher. A reader
    does not count words either: of rows alike, the one that is named first stays first.
    """
    read = [replace(quote, score=quote.score + share * lead) for quote, lead in zip(quotes, leads, strict=False)]
    lowest = min((quote.score for quote in read), default=inf)
    rest = (replace(quote, score=min(quote.score, lowest)) for quote in quotes[len(read) :])
    return (*sorted(_named_first(asked, read), key=lambda quote: -quote.score), *rest)


def _named_first(asked: Asked, quotes: Sequence[Quote]) -> list[Quote]:
    """Of rows of one table alike but for a word nobody asked for, the plain one takes the better score.

    "Gold" is asked for and "USD Gold" is not: near-identical products are told apart by the words that are missing
    from the question, which no share of common words can do.
    """
    scores = [quote.score for quote in quotes]
    spoken = asked.weights.keys() | frozenset(terms(asked.question))
    for fuller, plain in _rows_alike(quotes, spoken):
        if scores[fuller] > scores[plain]:
            scores[fuller], scores[plain] = scores[plain], scores[fuller]
    return [replace(quote, score=score) for quote, score in zip(quotes, scores, strict=True)]


def _beside_the_named(asked: Asked, rows: Sequence[Quotable]) -> frozenset[int]:
    """The places of the rows that are named like another but for their figures, where the question says the other's.

    A figure of an earlier turn counts too: "三個月定期利率", "美元呢？".
    """
    spoken = asked.weights.keys() | frozenset(terms(asked.question))
    tables: dict[tuple[str, Set[str]], dict[int, Set[str]]] = defaultdict(dict)
    for number, row in enumerate(rows):
        label = named_by(row)
        if figures := frozenset(filter(is_number, label)):
            tables[row.passage.chunk.id, label - figures][number] = figures
    return frozenset(
        number
        for named in tables.values()
        if any(figures <= spoken for figures in named.values())
        for number, figures in named.items()
        if figures.isdisjoint(spoken)
    )


def _rows_alike(quotes: Sequence[Quote], spoken: Set[str]) -> Iterator[tuple[int, int]]:
    """Pairs of rows of one table: the first is named like the second, and by more that is not ``spoken``."""
    tables: dict[str, list[int]] = defaultdict(list)
    labels = {number: label for number, quote in enumerate(quotes) if (label := named_by(quote.quotable))}
    for number in labels:
        tables[quotes[number].quotable.passage.chunk.id].append(number)
    for rows in tables.values():
        for fuller, plain in permutations(rows, 2):
            if labels[plain] < labels[fuller] and spoken.isdisjoint(labels[fuller] - labels[plain]):
                yield fuller, plain


def named_by(row: Quotable) -> frozenset[str]:
    """The words of a row's first cell, none of what is no row; of Chinese the characters, as pairs differ where a word
    is put between."""
    label, cell, _ = row.focus.partition(CELL)
    return _words(label) if cell else frozenset()


@lru_cache(maxsize=LABELS_KEPT)
def _words(label: str) -> frozenset[str]:
    return frozenset(term for term in terms(label) if not is_pair(term))


def _named(asked: Asked, view: View) -> bool:
    """Whether the span, or what stands around it, speaks of anything that the question does."""
    said, around = view.focus.concepts, view.around.concepts
    return any(not (need.concepts.isdisjoint(said) and need.concepts.isdisjoint(around)) for need in asked.needs)


def _covered(asked: Asked, view: View) -> frozenset[str]:
    said, around = view.focus.terms, view.around.terms
    return frozenset(term for term in asked.weights if term in said or term in around)


def _from(passage: Passage, view: View) -> Quotable:
    kept = view.quotable
    return Quotable(passage, kept.units, kept.focus, kept.around, kept.question)
