"""Quote-only answers: the best verbatim spans, chosen by the question's terms. No model, no invention.

The embedded default, and what every other composer falls back to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log1p, sqrt

from app.answering.composers.candidates import Candidate, candidates_of
from app.answering.ports import Brief, Draft
from app.answering.types import Sentence
from knowledge_bases.schema import Language, UnitKind
from retrieval.tokens import is_number, terms

MAX_QUOTES = 4
MAX_PASSAGES = 8

# How well a quote answers: a weighted sum, fitted as a softmax over all candidates of a question on development
# questions only (each institution held out in turn; docs/measurements.md). The words around a quote (headings, table
# header, FAQ question) say what it is about and weigh most; density asks that the quote itself speaks of it.
FOCUS_WEIGHT = 1.3  # share of the question's terms in the quoted words
AROUND_WEIGHT = 8.7  # share found only around them
DENSITY_WEIGHT = 7.3
RANK_WEIGHT = 2.5  # divided by the passage's rank
FIGURE_WEIGHT = 1.5
LENGTH_WEIGHT = 0.44  # of log(1 + terms): a bare label seldom answers
OTHER_LANGUAGE_COST = 0.6
KEEP_WITHIN = 1.2  # of the best quote's score; beyond it another quote is not worth reading

# Words that ask for a figure or a date, in the customers' languages; a quote without one then answers less well.
_FIGURE_CUES = (
    r"how (?:much|many|long|often|soon|late|old)",
    r"what (?:is|are|'s) the .*(?:fee|rate|charge|limit|amount|age|date|percentage|minimum|maximum|premium|period)",
    r"\bwhen\b|deadline|幾多|几多|多少|幾錢|几钱|幾耐|几耐|幾時|几时|幾日|几日|幾點|多久|多長|多长|何時|何时",
    r"上限|下限|最低|最高|收費|收费|利率|年費|年费|費用|费用",
)
_ASKS_FIGURE = re.compile("|".join(_FIGURE_CUES), re.IGNORECASE)


@dataclass(frozen=True)
class Scored:
    """A candidate, how well it answers (higher is better), and the question's terms it holds."""

    candidate: Candidate
    score: float
    covered: frozenset[str]


class QuotingComposer:
    """Chooses at most four quotes. Never raises: nothing that fits is an empty draft."""

    async def compose(self, brief: Brief) -> Draft:
        """The best quotes, best first; empty where no passage shares a term with the question."""
        ranked = sorted(_scored(brief), key=lambda s: -s.score)
        return Draft(composer="quote", sentences=tuple(_sentence(s.candidate, brief) for s in _chosen(ranked)))


def _scored(brief: Brief) -> Iterable[Scored]:
    weights = brief.retrieved.term_weights
    if not any(weights.values()):
        return
    wants_figure = bool(_ASKS_FIGURE.search(brief.question))
    for passage in brief.retrieved.passages[:MAX_PASSAGES]:
        trust = RANK_WEIGHT / passage.rank
        if not _reads(passage.chunk.language, brief.language):
            trust -= OTHER_LANGUAGE_COST
        for candidate in candidates_of(passage):
            scored = _fit(candidate, weights, wants_figure)
            if scored.covered:
                yield replace(scored, score=scored.score + trust)


def _reads(written: Language, wanted: Language) -> bool:
    """Chinese customers read both scripts more easily than English."""
    return (written is Language.EN) == (wanted is Language.EN)


def _fit(candidate: Candidate, weights: Mapping[str, float], wants_figure: bool) -> Scored:
    words = terms(candidate.focus)
    focus = set(words)
    around = set(terms(candidate.around)) - focus
    within = sum(weight for term, weight in weights.items() if term in focus)
    beside = sum(weight for term, weight in weights.items() if term in around)
    density = within / (max(weights.values()) * sqrt(max(3, len(focus))))
    figure = wants_figure and any(is_number(term) for term in focus)
    score = (
        (FOCUS_WEIGHT * within + AROUND_WEIGHT * beside) / sum(weights.values())
        + DENSITY_WEIGHT * density
        + FIGURE_WEIGHT * figure
        + LENGTH_WEIGHT * log1p(len(words))
    )
    return Scored(candidate, score, frozenset(weights.keys() & (focus | around)))


def _chosen(ranked: list[Scored]) -> list[Scored]:
    """The best quote, then others nearly as good that add something; overlapping ones are dropped."""
    chosen: list[Scored] = []
    for scored in ranked:
        if chosen and scored.score < chosen[0].score - KEEP_WITHIN:
            break
        if not any(_same_ground(scored, other) for other in chosen):
            chosen.append(scored)
        if len(chosen) == MAX_QUOTES:
            break
    return chosen


def _same_ground(one: Scored, other: Scored) -> bool:
    """Whether two quotes share words of one text, or say the same figures about the same terms elsewhere."""
    if one.candidate.passage.chunk.parse_sha256 == other.candidate.passage.chunk.parse_sha256:
        shown = [p.citation.span for p in other.candidate.parts if p.kind in (UnitKind.SENTENCE, UnitKind.ROW)]
        own = [p.citation.span for p in one.candidate.parts if p.kind in (UnitKind.SENTENCE, UnitKind.ROW)]
        if any(a.overlaps(b) for a in own for b in shown):
            return True
    return one.covered <= other.covered and _figures(one) <= _figures(other)


def _figures(scored: Scored) -> set[str]:
    return {term for term in terms(scored.candidate.focus) if is_number(term)}


def _sentence(candidate: Candidate, brief: Brief) -> Sentence:
    info = brief.retrieved.versions[candidate.passage.chunk.key]
    return Sentence(text=candidate.text, parts=candidate.parts, title=info.title, as_at=info.as_at)
