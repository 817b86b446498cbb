"""What of a passage may be quoted, and how well each such span answers a question.

A quote is at most two neighbouring sentences, one clause, or one table row with its header and the footnotes it
points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log1p, sqrt

from knowledge_bases.schema import Chunk, Language, Passage, Unit, UnitKind
from retrieval.tokens import is_number, terms

MAX_CHARACTERS = 600
MAX_PASSAGES = 8

# How well a quote answers: a weighted sum, fitted as a softmax over all quotable spans of a question on development
# questions only (each institution held out in turn; docs/measurements.md). The words around a quote (headings, table
# header, FAQ question) say what it is about and weigh most; density asks that the quote itself speaks of it.
FOCUS_WEIGHT = 1.3  # share of the question's terms in the quoted words
AROUND_WEIGHT = 8.7  # share found only around them
DENSITY_WEIGHT = 7.3
RANK_WEIGHT = 2.5  # divided by the passage's rank
FIGURE_WEIGHT = 1.5
LENGTH_WEIGHT = 0.44  # of log(1 + terms): a bare label seldom answers
OTHER_LANGUAGE_COST = 0.6
LABEL_COST = 0.5  # share of a row's label that was not asked for: "USD Gold" is not "Gold"

# Words that ask for a figure or a date, in the customers' languages; a quote without one then answers less well.
_FIGURE_CUES = (
    r"how (?:much|many|long|often|soon|late|old)",
    r"what (?:is|are|'s) the .*(?:fee|rate|charge|limit|amount|age|date|percentage|minimum|maximum|premium|period)",
    r"\bwhen\b|deadline|幾多|几多|多少|幾錢|几钱|幾耐|几耐|幾時|几时|幾日|几日|幾點|多久|多長|多长|何時|何时",
    r"上限|下限|最低|最高|收費|收费|利率|年費|年费|費用|费用",
)
_ASKS_FIGURE = re.compile("|".join(_FIGURE_CUES), re.IGNORECASE)
_MARK = re.compile(r"(?<![\w*])(?:\(\d\)|[註注]\s?\d|[⁰¹²³⁴-⁹])|[*†‡§#^]+|(?<=\w)[¹²³⁴-⁹]")
_LEADING_MARK = re.compile(r"^\s*(\(\d\)|[註注]\s?\d|[*†‡§#^]+|[⁰¹²³⁴-⁹])")


@dataclass(frozen=True)
class Sought:
    """What is asked: ``weights`` are the question's terms (and their equals) by how much each tells."""

    question: str
    language: Language
    weights: Mapping[str, float]

    @cached_property
    def asks_figure(self) -> bool:
        """Whether a number or date is wanted."""
        return bool(_ASKS_FIGURE.search(self.question))


@dataclass(frozen=True)
class Quotable:
    """Units that may be quoted together. ``focus`` is the words that answer, ``around`` those that say about what.

    ``question`` is the question of an FAQ pair, empty elsewhere.
    """

    passage: Passage
    units: tuple[Unit, ...]
    focus: str
    around: str
    question: str = ""

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers and dates of the answering words, in normal form."""
        return frozenset(term for term in terms(self.focus) if is_number(term))


@dataclass(frozen=True)
class Scored:
    """A quotable span, how well it answers (higher is better), and the question's terms it holds."""

    quotable: Quotable
    score: float
    covered: frozenset[str]


def ranked_quotes(sought: Sought, passages: Sequence[Passage]) -> list[Scored]:
    """Every quotable span of the first passages that shares a term with the question, best first."""
    if not any(sought.weights.values()):
        return []
    scored = (_score(q, sought) for passage in passages[:MAX_PASSAGES] for q in quotables(passage))
    return sorted((one for one in scored if one.covered), key=lambda one: -one.score)


def quotables(passage: Passage, window: int = 2) -> Iterator[Quotable]:
    """Everything that may be quoted from ``passage``, in reading order; ``window`` is the most sentences together."""
    units = passage.chunk.units
    question = " ".join(passage.chunk.words(u.span) for u in units if u.kind is UnitKind.QUESTION)
    sentences = [u for u in units if u.kind is UnitKind.SENTENCE]
    for start in range(len(sentences)):
        for length in range(1, window + 1):
            run = sentences[start : start + length]
            if len(run) == length and _fits(run):
                yield _sentences(passage, run, question)
    for unit in units:
        if unit.kind is UnitKind.ROW:
            yield _row(passage, unit)


def _score(quotable: Quotable, sought: Sought) -> Scored:
    weights, passage = sought.weights, quotable.passage
    words = terms(quotable.focus)
    focus = set(words)
    around = set(terms(quotable.around)) - focus
    within = sum(weight for term, weight in weights.items() if term in focus)
    beside = sum(weight for term, weight in weights.items() if term in around)
    score = (
        (FOCUS_WEIGHT * within + AROUND_WEIGHT * beside) / sum(weights.values())
        + DENSITY_WEIGHT * within / (max(weights.values()) * sqrt(max(3, len(focus))))
        + FIGURE_WEIGHT * (sought.asks_figure and bool(quotable.figures))
        + LENGTH_WEIGHT * log1p(len(words))
        + RANK_WEIGHT / passage.rank
        - OTHER_LANGUAGE_COST * (not reads(passage.chunk.language, sought.language))
        - LABEL_COST * _unasked_label(quotable, weights)
    )
    return Scored(quotable, score, frozenset(weights.keys() & (focus | around)))


def _unasked_label(quotable: Quotable, weights: Mapping[str, float]) -> float:
    """How much of a row's first cell, which names what the row is about, the question does not name; in [0, 1]."""
    label, cell, _ = quotable.focus.partition(" | ")
    named = set(terms(label))
    return len(named - weights.keys()) / len(named) if cell and named else 0.0


def reads(written: Language, wanted: Language) -> bool:
    """Whether a customer reads a text easily: Chinese customers read both scripts more easily than English."""
    return (written is Language.EN) == (wanted is Language.EN)


def _fits(run: Sequence[Unit]) -> bool:
    joined = run[-1].span.end - run[0].span.start
    touching = all(b.span.start - a.span.end <= 2 for a, b in pairwise(run))
    return len(run) == 1 or (joined <= MAX_CHARACTERS and touching)


def _sentences(passage: Passage, run: Sequence[Unit], question: str) -> Quotable:
    focus = " ".join(passage.chunk.words(unit.span) for unit in run)
    around = " ".join([*passage.chunk.heading_path, question])
    return Quotable(passage, tuple(run), focus, around, question)


def _row(passage: Passage, row: Unit) -> Quotable:
    chunk = passage.chunk
    heads = [u for u in chunk.units if u.kind in (UnitKind.CAPTION, UnitKind.HEADER)]
    shown = [*heads, row]
    marks = {mark for unit in shown for mark in _MARK.findall(chunk.words(unit.span))}
    notes = [u for u in chunk.units if u.kind is UnitKind.FOOTNOTE and _mark_of(chunk, u) in marks]
    around = " ".join([*chunk.heading_path, *(chunk.words(unit.span) for unit in [*heads, *notes])])
    return Quotable(passage, (*shown, *notes), chunk.words(row.span), around)


def _mark_of(chunk: Chunk, footnote: Unit) -> str | None:
    found = _LEADING_MARK.match(chunk.words(footnote.span))
    return found.group(1) if found else None
