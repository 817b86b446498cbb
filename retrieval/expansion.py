"""A question's words, and the words a document may use instead: written Chinese for Cantonese, terms across languages.

The word lists in ``retrieval/lexicon`` are reviewed by people; ``lexicon_files`` reads them, this module applies them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.tokens import is_character, is_chinese, normalise, terms

CHARACTER_WEIGHT = 0.6  # a single Chinese character beside its pairs
TRANSLATION_WEIGHT = 0.5  # an equal in the other language
SYNONYM_WEIGHT = 0.25  # an equal in the question's own language
LONGEST_ENTRY = 8  # characters, or terms


@dataclass(frozen=True)
class Group:
    """Terms that mean the same: entries in English and in Chinese."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]


class Lexicon:
    """Word lists made ready for look-up: entries are normalised as documents are.

    ``written`` maps Cantonese to written Chinese, first what replaces it, then its equals; ``silent`` are phrases that
    ask and do not name a thing.
    """

    def __init__(self, written: Mapping[str, Sequence[str]], silent: Iterable[str], groups: Iterable[Group]) -> None:
        self._written = {normalise(key): tuple(map(normalise, words)) for key, words in written.items()}
        self._silent = frozenset(map(normalise, silent))
        self._chinese: dict[str, list[Group]] = {}
        self._english: dict[tuple[str, ...], list[Group]] = {}
        for group in groups:
            for entry in group.chinese:
                self._chinese.setdefault(normalise(entry), []).append(group)
            for entry in group.english:
                self._english.setdefault(tuple(terms(entry)), []).append(group)

        self._whole = self._silent | self._chinese.keys()

    def weigh(self, question: str) -> dict[str, float]:
        """The terms of ``question`` with weight 1 and their equals with less; {} for an empty question."""
        text = self.plainly(question)
        weights = {term: _weight(term, 1.0) for term in terms(text)}
        for entries, weight in self._equals(normalise(question), text):
            for term in (term for entry in entries for term in terms(entry)):
                weights[term] = max(weights.get(term, 0.0), _weight(term, weight))
        return weights

    def plainly(self, question: str) -> str:
        """``question`` normalised, in written Chinese, without phrases that only ask, known terms between blanks."""
        text = "".join(self._written.get(piece, (piece,))[0] for piece in _cut(normalise(question), self._written))
        text = "".join(" " if piece in self._silent else piece for piece in _cut(text, self._whole))
        return "".join(f" {piece} " if piece in self._chinese else piece for piece in _cut(text, self._chinese)).strip()

    def _equals(self, spoken: str, text: str) -> Iterator[tuple[Sequence[str], float]]:
        for piece in _cut(spoken, self._written):
            yield self._written.get(piece, ("",))[1:], TRANSLATION_WEIGHT
        for piece in _cut(text, self._chinese):
            for group in self._chinese.get(piece, ()):
                yield group.english, TRANSLATION_WEIGHT
                yield group.chinese, SYNONYM_WEIGHT
        for group in self._english_groups([term for term in terms(text) if not is_chinese(term)]):
            yield group.chinese, TRANSLATION_WEIGHT
            yield group.english, SYNONYM_WEIGHT

    def _english_groups(self, words: Sequence[str]) -> Iterator[Group]:
        """The groups of the entries in ``words``, the longest entry at each place."""
        position = 0
        while position < len(words):
            lengths = range(min(LONGEST_ENTRY, len(words) - position), 0, -1)
            length = next((n for n in lengths if tuple(words[position : position + n]) in self._english), 0)
            yield from self._english.get(tuple(words[position : position + length]), ())
            position += max(length, 1)


def _weight(term: str, weight: float) -> float:
    return weight * CHARACTER_WEIGHT if is_character(term) else weight


def _cut(text: str, entries: Collection[str]) -> Iterator[str]:
    """``text`` cut into entries, the longest at each place first, and single characters between them."""
    position = 0
    while position < len(text):
        lengths = range(min(LONGEST_ENTRY, len(text) - position), 0, -1)
        length = next((n for n in lengths if text[position : position + n] in entries), 1)
        yield text[position : position + length]
        position += length
