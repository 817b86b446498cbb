"""A question's typing errors, read as what was most likely meant: "depsit" is "deposit".

Only a word that nobody knows is taken for one: not the institution's documents, not the word lists of the trade, not a
list of ordinary words. It is read as the nearest word that the documents or the trade use, of several as the one that
most passages have. Names, codes and figures stay as they were typed, and nothing is read as a name: none is listed.
A word of its own is taken for another only where the two are on the reviewed list of words confused, and the
documents know the other alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from retrieval.edits import WordList
from retrieval.slips import Slip, Spelt, Terms
from retrieval.tokens import STOP_WORDS, stem

LEAST_LETTERS = 4  # of a word that may be mistyped: shorter ones are names and abbreviations as often
LEAST_STEM = 3  # letters of a stem that says something: that of "erly" is "er"
LONG = 7  # letters from which on a word may have two errors
REMEMBERED = 10_000  # unknown words and their neighbours
_CODE = "A-Za-z0-9_@#&"
_WORD = re.compile(rf"(?<![{_CODE}'’./-])[A-Za-z]{{{LEAST_LETTERS},}}(?![{_CODE}]|['’./-][{_CODE}])")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:e?r|or|ee|ly|able|ness|less|ful|wise|like|free|s)$")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?。！？])\W*$")


class Misspelled:
    """Words known whatever an institution's documents are. Safe to share between threads.

    ``ordinary`` are words of the language, ``trade`` those of the word lists, ``confused`` maps a word to the one that
    is often meant; all in lower case. Without ordinary words every word is taken for known.
    """

    def __init__(self, ordinary: Collection[str], trade: Collection[str], confused: Mapping[str, str]) -> None:
        self._trade = frozenset(trade)
        self._confused = confused if ordinary else {}
        known = {*ordinary, *trade, *STOP_WORDS} if ordinary else ()
        self._known = frozenset(known)
        self._stems = frozenset(map(stem, known))
        self._words = WordList(word for word in known if len(word) >= LEAST_LETTERS - 1)
        self._near = lru_cache(maxsize=REMEMBERED)(self._neighbours)

    def read(self, text: str, terms: Terms) -> Spelt:
        """``text`` with the words replaced that nobody knows and whose like are known."""
        slips: list[Slip] = []

        def replaced(match: re.Match[str]) -> str:
            word = match.group()
            read = None if _is_name(match, text) else self._meant(word.lower(), terms)
            if read is None:
                return word
            slips.append(Slip(word, read))
            return read

        return Spelt(_WORD.sub(replaced, text), tuple(slips))

    def _meant(self, word: str, terms: Terms) -> str | None:
        """What a word stands for; None for itself."""
        if not len(self._words) or self._holds(word, terms):
            return None
        if word in self._confused:
            meant = self._confused[word]
            return meant if terms.holds(stem(meant)) else None
        if self._is_ordinary(word):
            return None
        near = (other for other in self._near(word) if self._is_used(other, terms))
        return min(near, key=lambda other: (_rarity(other, terms), -len(other), other), default=None)

    def _holds(self, word: str, terms: Terms) -> bool:
        own = stem(word)
        return len(own) >= LEAST_STEM and terms.holds(own)

    def _is_ordinary(self, word: str) -> bool:
        """Whether a word is known, or is made of a known one as "freezer" is of "freeze"."""
        own = stem(word)
        known = word in self._known or (len(own) >= LEAST_STEM and own in self._stems)
        return known or _ENDING.sub("", word) in self._known

    def _is_used(self, word: str, terms: Terms) -> bool:
        return word in STOP_WORDS or word in self._trade or terms.holds(stem(word))

    def _neighbours(self, word: str) -> tuple[str, ...]:
        """The known words that are nearest to an unknown one, all as near; () where none is near enough."""
        for most in (1, 2) if len(word) >= LONG else (1,):
            if near := tuple(other for other, _ in self._words.near(word, most) if most == 1 or other[0] == word[0]):
                return near
        return ()


def _rarity(word: str, terms: Terms) -> float:
    return 0.0 if word in STOP_WORDS else terms.idf(stem(word))


def _is_name(match: re.Match[str], text: str) -> bool:
    """Whether a word is written as a name: with a capital that neither the sentence nor the whole text explains."""
    word = match.group()
    if word.islower() or (text.upper() == text and word.isupper()):
        return False
    return not (word[1:].islower() and _SENTENCE_BEGINS.search(text[: match.start()]))


def words_of(forms: Iterable[str]) -> frozenset[str]:
    """The words of a-z in ``forms``, in lower case."""
    return frozenset(word for form in forms for word in re.findall(r"[a-z]+", form.lower()))
