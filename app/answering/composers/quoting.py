"""Quote-only answers: the best verbatim spans, chosen by the question's terms. No model, no invention.

The embedded default, and what every other composer falls back to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.answering.composers.candidates import Candidate, candidates_of
from app.answering.ports import Brief, Draft
from app.answering.types import Sentence
from knowledge_bases.schema import Language, UnitKind
from retrieval.tokens import is_number, terms

MAX_QUOTES = 4
MAX_PASSAGES = 6
AROUND_WEIGHT = 0.5  # a term in the heading or header says what the quote is about, not that it answers
RANK_WEIGHT = 0.25
FIGURE_BONUS = 0.12
OTHER_LANGUAGE = 0.85
LENGTH_FREE = 220  # characters of English; a quote beyond it must earn its length
KEEP_RATIO = 0.8

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
    """A candidate and how well it answers, about 0 to 1.3."""

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
    total = sum(weights.values())
    if not total:
        return
    wants_figure = bool(_ASKS_FIGURE.search(brief.question))
    passages = brief.retrieved.passages[:MAX_PASSAGES]
    best = max((p.score for p in passages), default=0.0)
    for passage in passages:
        trust = RANK_WEIGHT * (passage.score / best if best > 0 else 0.0)
        language = 1.0 if _reads(passage.chunk.language, brief.language) else OTHER_LANGUAGE
        for candidate in candidates_of(passage):
            fit, covered = _coverage(candidate, weights)
            if covered:
                figure = FIGURE_BONUS if wants_figure and _has_figure(candidate.focus) else 0.0
                yield Scored(candidate, (fit / total + figure + trust) * language - _length_cost(candidate), covered)


def _reads(written: Language, wanted: Language) -> bool:
    """Chinese customers read both scripts more easily than English."""
    return (written is Language.EN) == (wanted is Language.EN)


def _coverage(candidate: Candidate, weights: Mapping[str, float]) -> tuple[float, frozenset[str]]:
    focus = set(terms(candidate.focus))
    around = set(terms(candidate.around)) - focus
    fit = sum(w for t, w in weights.items() if t in focus)
    fit += AROUND_WEIGHT * sum(w for t, w in weights.items() if t in around)
    return fit, frozenset(t for t in weights if t in focus)


def _has_figure(text: str) -> bool:
    return any(is_number(term) for term in terms(text))


def _length_cost(candidate: Candidate) -> float:
    characters = len(candidate.focus) * (1 if candidate.focus.isascii() else 2)
    return 0.1 * max(0, characters - LENGTH_FREE) / LENGTH_FREE


def _chosen(ranked: list[Scored]) -> list[Scored]:
    """The best quote, then others nearly as good that add something; overlapping ones are dropped."""
    chosen: list[Scored] = []
    for scored in ranked:
        if chosen and scored.score < KEEP_RATIO * chosen[0].score:
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
