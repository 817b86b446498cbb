"""What a text speaks of: concepts of the thesaurus, named in English, Cantonese or written Chinese alike.

"get money out", "withdrawal", 提取 and 攞錢 name one concept, so a question meets a document that uses none of its
words. The word lists are data (``retrieval/thesaurus``); ``lexicon_files`` reads them, this module finds them in texts.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.tokens import STOP_WORDS, holds_chinese, is_chinese, normalise, stem

LEAST_CHINESE = 2  # characters of a form: one alone is part of too many words
NESTED_WEIGHT = 0.3  # of a concept named inside a longer one: "deposit" in "currency-linked deposit"
REMEMBERED = 50_000  # texts whose concepts are kept: quotable spans come back with every question
_WORD = re.compile(r"[a-z0-9]+")
_LATIN = re.compile(r"[a-z0-9$][a-z0-9%.,$]*")
_NOT = frozenset("唔不没")  # between the same word twice it asks: 收唔收費 is no 唔收費, which is free of charge
_PASSED_OVER = frozenset(_WORD.findall("a an the my your our his her their its this that these those of"))


@dataclass(frozen=True)
class Concept:
    """One meaning and the forms that name it, the usual one first.

    ``trade`` is True where a trade's word list has it, not that of everyday speech.
    """

    forms: tuple[str, ...]
    trade: bool = False

    @property
    def english(self) -> str:
        """Its usual English name, empty where it has none."""
        return next((form for form in self.forms if not is_chinese(form)), "")


@dataclass(frozen=True)
class Mention:
    """Concepts named by the characters ``[start, end)`` of a normalised text; a form may have several meanings."""

    start: int
    end: int
    concepts: frozenset[int]

    def inside(self, other: Mention) -> bool:
        """Whether this is part of a longer mention."""
        longer = other.end - other.start > self.end - self.start
        return longer and other.start <= self.start and self.end <= other.end


class Thesaurus:
    """Concepts numbered in the order given; ``version`` is the SHA-256 of them all. Safe to share between threads."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._english: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._chinese: dict[str, set[int]] = defaultdict(set)
        self.concepts = tuple(concepts)
        for number, concept in enumerate(self.concepts):
            for form in concept.forms:
                self._enter(form, number)
        self.version = hashlib.sha256(repr(self.concepts).encode()).hexdigest()
        self._english_lengths = _lengths(self._english)
        self._chinese_lengths = _lengths(self._chinese)
        self.named = lru_cache(maxsize=REMEMBERED)(self._named)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Every form in ``text``, also those inside longer ones, by place; offsets are those of ``normalise(text)``."""
        normal = normalise(text)
        found = (*self._in_english(normal), *self._in_chinese(normal))
        return tuple(sorted(found, key=lambda mention: (mention.start, mention.end)))

    def outermost(self, text: str) -> tuple[Mention, ...]:
        """The mentions that are not part of a longer one."""
        found = self.mentions(text)
        return tuple(one for one in found if not any(one.inside(other) for other in found))

    def weigh(self, text: str) -> dict[int, float]:
        """The concepts of ``text``: 1 where named outright, ``NESTED_WEIGHT`` where only inside a longer name."""
        whole = {concept for mention in self.outermost(text) for concept in mention.concepts}
        return {concept: 1.0 if concept in whole else NESTED_WEIGHT for concept in self.named(text)}

    def is_trade(self, concept: int) -> bool:
        """Whether the concept belongs to a trade (a product, a fee, a benefit) rather than to everyday speech."""
        return self.concepts[concept].trade

    def familiarity(self, text: str) -> float:
        """The share of the letters and figures of ``text`` that name a trade's concepts, in [0, 1]."""
        named = [mention for mention in self.outermost(text) if any(map(self.is_trade, mention.concepts))]
        covered = {place for mention in named for place in range(mention.start, mention.end)}
        return min(1.0, len(covered) / max(1, sum(character.isalnum() for character in text)))

    def gloss(self, text: str) -> str:
        """A Chinese text's concepts by their English names, in its order; Latin words and figures are kept.

        No translation, but enough for an English embedder to know what is spoken of; empty where nothing is known.
        """
        normal = normalise(text)
        words: list[str] = []
        reached = 0
        for mention in self.outermost(text):
            if mention.start < reached:
                continue
            name = next((n for c in sorted(mention.concepts) if (n := self.concepts[c].english)), "")
            words += [*_LATIN.findall(normal[reached : mention.start]), *([name] if name not in words[-1:] else [])]
            reached = mention.end
        return " ".join(word for word in (*words, *_LATIN.findall(normal[reached:])) if word)

    def _named(self, text: str) -> frozenset[int]:
        """All concepts that ``text`` names, nested ones included."""
        return frozenset(concept for mention in self.mentions(text) for concept in mention.concepts)

    def _enter(self, form: str, number: int) -> None:
        normal = normalise(form)
        if is_chinese(normal):
            joined = normal.replace(" ", "")
            if len(joined) >= LEAST_CHINESE:
                self._chinese[joined].add(number)
            return
        stems = tuple(stem(word) for word in _WORD.findall(normal) if word not in _PASSED_OVER)
        if stems and (len(stems) > 1 or (len(stems[0]) > 1 and stems[0] not in STOP_WORDS)):
            self._english[stems].add(number)

    def _in_english(self, normal: str) -> Iterator[Mention]:
        words = [word for word in _WORD.finditer(normal) if word.group() not in _PASSED_OVER]
        stems = [stem(word.group()) for word in words]
        for first, opening in enumerate(stems):
            for length in self._english_lengths.get(opening, ()):
                run = words[first : first + length]
                concepts = self._english.get(tuple(stems[first : first + length]))
                if concepts and len(run) == length:
                    yield Mention(run[0].start(), run[-1].end(), frozenset(concepts))

    def _in_chinese(self, normal: str) -> Iterator[Mention]:
        if not holds_chinese(normal):
            return
        for start, opening in enumerate(normal):
            if opening in _NOT and 0 < start < len(normal) - 1 and normal[start - 1] == normal[start + 1]:
                continue
            for length in self._chinese_lengths.get(opening, ()):
                form = normal[start : start + length]
                concepts = self._chinese.get(form)
                if concepts and len(form) == length:  # at the end of the text a longer form is cut to a shorter one
                    yield Mention(start, start + length, frozenset(concepts))


def _lengths(forms: Iterable[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    """How long the forms are that open with a word, or a character."""
    found: dict[str, set[int]] = defaultdict(set)
    for form in forms:
        found[form[0]].add(len(form))
    return {opening: tuple(sorted(lengths)) for opening, lengths in found.items()}
