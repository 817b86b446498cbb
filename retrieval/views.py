"""A question and a quotable span made ready to be compared; what ``retrieval.features`` takes numbers from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum

from knowledge_bases.schema import Chunk, Language, UnitKind
from retrieval.concepts import Thesaurus
from retrieval.needs import ASKED, Need, Wanted, said
from retrieval.quotable import Quotable
from retrieval.tokens import is_number, terms

_YES_OR_NO = re.compile(
    r"^(?:can|do|does|is|are|will|would|am|could|must|should|may)\b|\b(?:can i|do i|am i|is it|will i|does it)\b"
    r"|可唔可以|得唔得|係咪|有冇|使唔使|會唔會|能不能|可不可以|是不是|有没有|需不需要|要不要|能否|[嗎吗]",
    re.IGNORECASE,
)
_HOW_TO = re.compile(
    r"how (?:do|can|to|should)|what do i (?:do|need)|steps|點樣|怎么|怎樣|如何|點做|点做|要做咩|需要什么|手續|手续",
    re.IGNORECASE,
)
_LIMITS = re.compile(r"\b(?:not|no|never|unless|except|only|without|exclud\w*)\b|不|未|除|無|沒|没|只", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|where|when|provided|must|may|unless)\b|如|若|須|须|可|必須", re.IGNORECASE)
_ASKS_ANY_FIGURE = re.compile("|".join((*ASKED.values(), "上限|下限|最低|最高|limit|minimum|maximum")), re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A question made ready: ``weights`` are its terms and equals by how much each tells, ``needs`` what it names."""

    question: str
    language: Language
    weights: Mapping[str, float]
    needs: tuple[Need, ...]
    wanted: frozenset[Wanted]

    @cached_property
    def total(self) -> float:
        """The weight of all terms, > 0."""
        return sum(self.weights.values()) or 1.0

    def without(self, needs: Set[Need]) -> Asked:
        """The same question, that names ``needs`` no more."""
        kept = tuple(need for need in self.needs if need not in needs)
        gone = {term for need in needs for term in need.terms}.difference(*(need.terms for need in kept))
        weights = {term: weight for term, weight in self.weights.items() if term not in gone}
        return replace(self, weights=weights, needs=kept)

    def weigh(self, terms: Iterable[str]) -> float:
        """The weight of some of its terms; exact, as a set of words has no order to add them up in."""
        return fsum(self.weights[term] for term in terms)

    @cached_property
    def needed(self) -> float:
        """The weight of all needs, > 0."""
        return sum(need.weight for need in self.needs) or 1.0

    @cached_property
    def heaviest(self) -> float:
        """The weight of the most telling term, > 0."""
        return max(self.weights.values(), default=0.0) or 1.0

    @cached_property
    def asks_figure(self) -> bool:
        """Whether some figure or date is wanted."""
        return bool(_ASKS_ANY_FIGURE.search(self.question))

    @cached_property
    def yes_or_no(self) -> bool:
        """Whether the question can be answered by yes or no."""
        return bool(_YES_OR_NO.search(self.question))

    @cached_property
    def how_to(self) -> bool:
        """Whether a way to do something is asked for."""
        return bool(_HOW_TO.search(self.question))


@dataclass(frozen=True)
class Words:
    """A stretch of text as it is compared: its index terms and the concepts it names."""

    terms: frozenset[str]
    concepts: frozenset[int]

    @classmethod
    def of(cls, text: str, thesaurus: Thesaurus) -> Words:
        """The terms and concepts of ``text``."""
        return cls(frozenset(terms(text)), thesaurus.named(text))


@dataclass(frozen=True)
class View:
    """A quotable span as it is compared: its own words, those around it, its document's title, its whole passage.

    ``length`` counts the terms of its own words, repeats included; ``label`` is the terms of a row's first cell.
    """

    quotable: Quotable
    focus: Words
    around: Words
    title: Words
    passage: Words
    faq: Words
    length: int
    label: frozenset[str]
    said: frozenset[Wanted]
    limits: bool
    conditional: bool

    @cached_property
    def is_row(self) -> bool:
        """Whether it is a table row."""
        return any(unit.kind is UnitKind.ROW for unit in self.quotable.units)

    @cached_property
    def holds_figure(self) -> bool:
        """Whether it says a figure or date."""
        return any(is_number(term) for term in self.focus.terms)


@dataclass(frozen=True)
class Found:
    """How the passage of a span came back: ``rank`` from 1, ``score`` fused, the shares of each leg in [0, 1].

    ``meaning`` and ``cosine`` are -1 where the dense leg was down; ``bm25`` is the score as it was. ``lead`` is the
    reranker's over that no passage answers, ``best_lead`` that of the passage with the highest.
    """

    rank: int
    score: float
    words: float
    concepts: float
    meaning: float
    cosine: float
    bm25: float
    lead: float
    best_lead: float


def views(chunk: Chunk, quotables: Iterable[Quotable], thesaurus: Thesaurus) -> tuple[View, ...]:
    """Every span of one chunk made ready to be compared."""
    title = Words.of(chunk.indexed_text.split("\n", 1)[0], thesaurus)
    whole = Words.of(chunk.searched_text, thesaurus)
    return tuple(_view(quotable, title, whole, thesaurus) for quotable in quotables)


def _view(quotable: Quotable, title: Words, whole: Words, thesaurus: Thesaurus) -> View:
    label, cell, _ = quotable.focus.partition(" | ")
    return View(
        quotable=quotable,
        focus=Words.of(quotable.focus, thesaurus),
        around=Words.of(quotable.around, thesaurus),
        title=title,
        passage=whole,
        faq=Words.of(quotable.question, thesaurus),
        length=len(terms(quotable.focus)),
        label=frozenset(terms(label)) if cell else frozenset(),
        said=said(quotable.focus),
        limits=bool(_LIMITS.search(quotable.focus)),
        conditional=bool(_CONDITION.search(quotable.focus)),
    )
