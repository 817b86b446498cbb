"""Typing errors in the words that rules look for: "morgage", "insurence"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[a-z]{6,24}")


@dataclass(frozen=True)
class Spelling:
    """Mends a word that is one slip (a letter dropped, added, changed, or two swapped) from a known word."""

    words: frozenset[str]
    slips: dict[str, str]

    @classmethod
    def of(cls, words: Iterable[str]) -> Spelling:
        """Knows ``words``, lower case; where two share a slip, the first in order."""
        known = sorted(words)
        slips: dict[str, str] = {}
        for word in known:
            for form in _shortened(word):
                slips.setdefault(form, word)
        return cls(frozenset(known), slips)

    def mend(self, text: str) -> str:
        """``text`` (lower case) with misspelt known words spelt right; it starts with the right letter, or is left."""
        return _WORD.sub(lambda match: self._mended(match[0]), text)

    def _mended(self, word: str) -> str:
        if word in self.words:
            return word
        for form in (word, *_shortened(word)):
            known = self.slips.get(form)
            if known and known[0] == word[0] and _one_slip(word, known) and not _inflected(word, known):
                return known
        return word


def _shortened(word: str) -> Iterator[str]:
    """The word without one letter each, and itself: two words one slip apart share such a form."""
    yield word
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]


def _one_slip(word: str, known: str) -> bool:
    if len(word) != len(known):
        return True
    places = [i for i, (a, b) in enumerate(zip(word, known, strict=True)) if a != b]
    swapped = len(places) == 2 and word[places[0]] == known[places[1]] and word[places[1]] == known[places[0]]
    return len(places) == 1 or (swapped and places[1] - places[0] == 1)


def _inflected(word: str, known: str) -> bool:
    """Plurals and the like are other words, not errors: the expressions say themselves which they take."""
    return word.rstrip("sdr") == known.rstrip("sdr")
