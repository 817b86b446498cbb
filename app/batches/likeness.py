"""How alike two documents are, from small sketches: by their words within a language, by their figures across them.

A sketch keeps the smallest hashes of a document's words (Broder, "On the resemblance and containment of documents",
1997), so two documents are compared without reading either again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from hashlib import blake2b
from heapq import nsmallest

from knowledge_bases.schema import Language
from retrieval.tokens import terms

KEPT = 256  # hashes; the estimate's standard error is at most 1 / (2 * sqrt(256)) = 3 %
MOST_FIGURES = 200
FEW_FIGURES = 4  # fewer say nothing: "1", "2" and "3" stand in every document
SAME_WORDS = 0.4  # from here on one is taken for another version of the other
RELATED_WORDS = 0.2  # from here on one says what the other is about
SAME_ACROSS = 0.6  # from here on, in another language, one is taken for a translation of the other
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


@dataclass(frozen=True)
class Sketch:
    """``words``: the smallest hashes of its words, ascending; ``figures``: what it states in digits."""

    language: Language
    words: tuple[int, ...]
    figures: frozenset[str]


@dataclass(frozen=True)
class Likeness:
    """Shares in [0, 1] of what two documents hold together: ``words`` within a language, ``across`` between languages.

    0 where the languages make the two incomparable.
    """

    words: float
    across: float


def sketch(text: str, language: Language) -> Sketch:
    """The sketch of a document; of an empty one it is like nothing."""
    return Sketch(language, tuple(nsmallest(KEPT, {_hash(term) for term in terms(text)})), _figures(text))


def likeness(one: Sketch, other: Sketch) -> Likeness:
    """Words count within a language, figures between languages; words, too, between the two forms of Chinese."""
    if one.language is other.language:
        return Likeness(_shared_words(one.words, other.words), 0.0)
    enough = min(len(one.figures), len(other.figures)) >= FEW_FIGURES
    figures = _shared(one.figures, other.figures) if enough else 0.0
    both_chinese = Language.EN not in (one.language, other.language)
    return Likeness(0.0, max(figures, _shared_words(one.words, other.words)) if both_chinese else figures)


def _shared_words(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    union = nsmallest(KEPT, {*one, *other})
    both = set(one) & set(other)
    return sum(each in both for each in union) / len(union) if union else 0.0


def _shared(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / len(one | other)


def _figures(text: str) -> frozenset[str]:
    """Of two digits or more, without thousands separators; the most that are kept are the first in the text."""
    found: Iterable[str] = (match.group().replace(",", "") for match in _FIGURE.finditer(text))
    telling = dict.fromkeys(figure for figure in found if sum(character.isdigit() for character in figure) > 1)
    return frozenset(list(telling)[:MOST_FIGURES])


def _hash(term: str) -> int:
    return int.from_bytes(blake2b(term.encode(), digest_size=6).digest())
