"""How a quotable span meets a question, as numbers: the columns of the table ``FEATURES``, one line each.

A learned scorer (``retrieval.scorer``) weighs them. Shares are of the question's weight, in [0, 1], unless said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from math import log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from knowledge_bases.schema import Language
from retrieval.needs import Need, Wanted
from retrieval.views import Asked, Found, View, Words


def _any(_: Need) -> bool:
    return True


class Meeting:
    """One question and one span, with what several features share."""

    def __init__(self, asked: Asked, view: View, found: Found) -> None:
        self.asked, self.view, self.found = asked, view, found
        self.in_focus = [_met(need, view.focus) for need in asked.needs]
        self.in_around = [_met(need, view.around) for need in asked.needs]
        self.in_title = [_met(need, view.title) for need in asked.needs]
        self.in_passage = [_met(need, view.passage) for need in asked.needs]
        places = zip(self.in_focus, self.in_around, self.in_title, strict=True)
        self.missing = [not any(place) for place in places]
        self.within = asked.weigh(view.focus.terms.intersection(asked.weights))

    def share(self, chosen: Iterable[bool]) -> float:
        """The share of the needs' weight that is ``chosen``."""
        return self.weight(chosen) / self.asked.needed

    def weight(self, chosen: Iterable[bool], of: Callable[[Need], bool] = _any) -> float:
        """The weight of the needs that are ``chosen`` and ``of`` a kind."""
        return sum(need.weight for need, yes in zip(self.asked.needs, chosen, strict=True) if yes and of(need))

    def most(self, chosen: Iterable[bool], of: Callable[[Need], bool] = _any) -> float:
        """The weight of the heaviest such need, 0 for none."""
        pairs = zip(self.asked.needs, chosen, strict=True)
        return max((need.weight for need, yes in pairs if yes and of(need)), default=0.0)

    def beside(self, texts: Words, *nearer: Words) -> float:
        """The share of the terms' weight that stands in ``texts`` and not in what lies nearer."""
        found = texts.terms.intersection(self.asked.weights).difference(*(words.terms for words in nearer))
        return self.asked.weigh(found) / self.asked.total

    @cached_property
    def absent(self) -> list[bool]:
        """The needs that not even the whole passage speaks of."""
        return [missing and not there for missing, there in zip(self.missing, self.in_passage, strict=True)]


def reads(written: Language, wanted: Language) -> bool:
    """Whether a customer reads a text easily: Chinese customers read both scripts more easily than English."""
    return (written is Language.EN) == (wanted is Language.EN)


def _met(need: Need, words: Words) -> bool:
    return need.met(words.concepts, words.terms)


def _trade(need: Need) -> bool:
    return need.trade


def _trade_covered(m: Meeting) -> float:
    wanted = [missing for need, missing in zip(m.asked.needs, m.missing, strict=True) if need.trade]
    return (wanted.count(False) + 0.5) / (len(wanted) + 1)


def _faq_share(m: Meeting) -> float:
    return m.share(_met(need, m.view.faq) for need in m.asked.needs) if m.view.quotable.question else 0.0


def _unasked_label(m: Meeting) -> float:
    label = m.view.label
    return len(label - m.asked.weights.keys()) / len(label) if label else 0.0


def _own_figures(m: Meeting, hit: bool) -> float:
    pairs = zip(m.asked.needs, m.missing, strict=True)
    return float(sum(need.is_number and missing is not hit for need, missing in pairs))


def _agrees(kind: Wanted, m: Meeting) -> float:
    """1 where a kind of answer is wanted and said, -1 where wanted and not said, else 0."""
    return 0.0 if kind not in m.asked.wanted else 1.0 if kind in m.view.said else -1.0


def _figure(m: Meeting) -> float:
    return (1.0 if m.view.holds_figure else -1.0) if m.asked.asks_figure else 0.0


Feature = Callable[[Meeting], float]
FEATURES: Mapping[str, Feature] = {
    # the question's terms, by where they stand
    "terms_in_focus": lambda m: m.within / m.asked.total,
    "terms_around": lambda m: m.beside(m.view.around, m.view.focus),
    "terms_in_title": lambda m: m.beside(m.view.title, m.view.focus, m.view.around),
    "terms_in_passage": lambda m: m.beside(m.view.passage, m.view.focus, m.view.around, m.view.title),
    "density": lambda m: m.within / (m.asked.heaviest * sqrt(max(3, len(m.view.focus.terms)))),
    # what it names, by where it is named
    "needs_in_focus": lambda m: m.share(m.in_focus),
    "needs_around": lambda m: m.share(a and not f for a, f in zip(m.in_around, m.in_focus, strict=True)),
    "needs_in_title": lambda m: m.share(
        t and not a and not f for t, a, f in zip(m.in_title, m.in_around, m.in_focus, strict=True)
    ),
    "needs_in_passage": lambda m: m.share(p and x for p, x in zip(m.in_passage, m.missing, strict=True)),
    "needs_density": lambda m: m.weight(m.in_focus) / sqrt(max(4, len(m.view.focus.concepts))),
    "needs_met": lambda m: float(sum(m.in_focus)),
    "heaviest_met": lambda m: m.most(m.in_focus),
    # what nothing here speaks of: the mark of a question the documents do not answer
    "trade_absent": lambda m: m.weight(m.absent, _trade),
    "trade_missing": lambda m: m.weight(m.missing, _trade),
    "trade_covered": _trade_covered,
    "all_absent": lambda m: m.share(m.absent) * m.asked.needed,
    "count_absent": lambda m: float(sum(m.absent)),
    "heaviest_missing": lambda m: m.most(m.missing, lambda need: need.known),
    "heaviest_trade_absent": lambda m: m.most(m.absent, _trade),
    "heaviest_unknown_absent": lambda m: m.most(m.absent, lambda need: not need.known),
    "own_figures_met": lambda m: _own_figures(m, hit=True),
    "own_figures_missing": lambda m: _own_figures(m, hit=False),
    # the question itself
    "needs": lambda m: float(len(m.asked.needs)),
    "needs_log": lambda m: log1p(len(m.asked.needs)),
    "trade_needs": lambda m: float(sum(need.trade for need in m.asked.needs)),
    "chinese": lambda m: float(m.asked.language is not Language.EN),
    "how_to": lambda m: float(m.asked.how_to),
    "yes_or_no": lambda m: float(m.asked.yes_or_no),
    "yes_or_no_limits": lambda m: float(m.asked.yes_or_no and m.view.limits),
    # the kind of answer
    **{f"agrees_{kind}": partial(_agrees, kind) for kind in Wanted},
    "figure": _figure,
    "conditional": lambda m: float(m.view.conditional),
    # the span
    "length": lambda m: log1p(m.view.length),
    "row": lambda m: float(m.view.is_row),
    "units": lambda m: float(len(m.view.quotable.units)),
    "faq": lambda m: float(bool(m.view.quotable.question)),
    "faq_share": _faq_share,
    "label_unasked": _unasked_label,
    "reads": lambda m: float(reads(m.view.quotable.passage.chunk.language, m.asked.language)),
    # how its passage came back
    "reciprocal_rank": lambda m: 1 / m.found.rank,
    "fused": lambda m: m.found.score,
    "leg_words": lambda m: m.found.words,
    "leg_concepts": lambda m: m.found.concepts,
    "leg_meaning": lambda m: m.found.meaning,
    "cosine": lambda m: m.found.cosine,
    "bm25": lambda m: m.found.bm25,
    "lead": lambda m: m.found.lead,
    "best_lead": lambda m: m.found.best_lead,
}


def features(asked: Asked, found: Sequence[tuple[View, Found]]) -> NDArray[np.float32]:
    """One row a span, shape (len(found), len(FEATURES)), float32."""
    rows = [
        [feature(meeting) for feature in FEATURES.values()] for meeting in (Meeting(asked, *pair) for pair in found)
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(FEATURES))
