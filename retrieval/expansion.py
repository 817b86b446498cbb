"""A question's words, and the words a document may use instead: written Chinese for Cantonese, terms across languages.

The word lists in ``retrieval/lexicon`` are reviewed by people; ``lexicon_files`` reads them, this module applies them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from retrieval.everyday import EverydayEnglish
from retrieval.tokens import is_character, is_chinese, is_number, is_pair, normalise, terms

CHARACTER_WEIGHT = 0.6  # a single Chinese character beside its pairs
TRANSLATION_WEIGHT = 0.5  # an equal in the other language
SYNONYM_WEIGHT = 0.25  # an equal in the question's own language
ASIDE_WEIGHT = 0.4  # the customer's own words, where the documents' words replaced them
LONGEST_ENTRY = 8  # characters, or terms


@dataclass(frozen=True)
class Group:
    """Terms that mean the same: entries in English and in Chinese."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]


@dataclass(frozen=True)
class Concept:
    """One thing a question names, in the ways a document may name it: each form is its terms, the question's own first.

    A known term is one concept, every other word one; a run of other Chinese is a concept a pair of characters.
    """

    forms: tuple[tuple[str, ...], ...]

    @property
    def own(self) -> tuple[str, ...]:
        """The terms in the question's own words."""
        return self.forms[0]


@dataclass(frozen=True)
class Everyday:
    """Everyday English: ``written`` maps a phrase to what replaces it, then its equals; ``silent`` names nothing."""

    written: Mapping[str, Sequence[str]]
    silent: Sequence[str]


class Lexicon:
    """Word lists made ready for look-up: entries are normalised as documents are.

    ``written`` maps Cantonese and words of the Mainland to written Chinese, first what replaces it, then its equals;
    ``silent`` are phrases that ask and do not name a thing.
    """

    def __init__(
        self,
        written: Mapping[str, Sequence[str]],
        silent: Iterable[str],
        groups: Iterable[Group],
        everyday: Everyday | None = None,
    ) -> None:
        everyday = everyday or Everyday({}, ())
        self._everyday = EverydayEnglish(everyday.written, everyday.silent)
        self._written = {normalise(key): tuple(map(normalise, words)) for key, words in written.items()}
        self._silent = frozenset(map(normalise, silent))
        self._chinese = {words[0]: list(words[1:]) for words in self._written.values() if len(words) > 1}
        self._english: dict[tuple[str, ...], list[str]] = {}
        for group in groups:
            equals = (*group.english, *group.chinese)
            for entry in group.chinese:
                self._chinese.setdefault(normalise(entry), []).extend(equals)
            for entry in group.english:
                self._english.setdefault(tuple(terms(entry)), []).extend(equals)
        known = [term for term in self._chinese if len(term) > 1]  # not cut: the 保 of 保證 is no word
        self._cuts_written, self._cuts_chinese = _Cuts({*self._written, *known}), _Cuts(self._chinese)
        self._cuts_whole = _Cuts(self._silent | self._chinese.keys())

    def weigh(self, question: str) -> dict[str, float]:
        """The terms of ``question`` with weight 1 and their equals with less; {} for an empty question.

        Its figures are those of the whole: beside a known term a numeral has lost what it counts (三 | 個月).
        """
        weights = {term: _weight(term, 1.0) for term in terms(self.plainly(question))}
        weights |= {term: 1.0 for term in terms(question) if is_number(term)}
        for concept in self.concepts(question):
            for term in (term for form in concept.forms[1:] for term in form):
                same = is_chinese(term) == is_chinese(concept.own[0])
                weight = _weight(term, SYNONYM_WEIGHT if same else TRANSLATION_WEIGHT)
                weights[term] = max(weights.get(term, 0.0), weight)
        for term in (term for phrase in self._set_aside(question) for term in terms(phrase)):
            weights.setdefault(term, _weight(term, ASIDE_WEIGHT))
        return weights

    def concepts(self, question: str) -> tuple[Concept, ...]:
        """What ``question`` names, in its order; () for an empty question."""
        return tuple(concept for segment in self._segments(question) for concept in self._named(segment))

    def plainly(self, question: str) -> str:
        """``question`` normalised, in written Chinese, without phrases that only ask, known terms between blanks."""
        return " ".join(segment for segment in self._segments(question) if segment.strip()).strip()

    def _segments(self, question: str) -> Iterator[str]:
        """Known Chinese terms, and the stretches of text between them."""
        rewritten, _ = self._everyday.rewrite(normalise(question))
        text = "".join(self._written.get(piece, (piece,))[0] for piece in self._cuts_written(rewritten))
        text = "".join(" " if piece in self._silent else piece for piece in self._cuts_whole(text))
        for known, run in groupby(self._cuts_chinese(text), key=lambda piece: piece in self._chinese):
            pieces = tuple(run)
            yield from pieces if known else ("".join(pieces),)

    def _set_aside(self, question: str) -> Iterator[str]:
        """The everyday phrases that were replaced, as documents may use them too, and further equals of theirs."""
        text, equals = self._everyday.rewrite(normalise(question))
        yield from equals
        for piece in self._cuts_written(text):
            if piece in self._written and self._written[piece][0] not in self._silent:
                yield piece

    def _named(self, segment: str) -> Iterator[Concept]:
        if segment in self._chinese:
            yield _concept(tuple(terms(segment)), self._chinese[segment])
            return
        words = _words(terms(segment))
        position = 0
        while position < len(words):
            lengths = range(min(LONGEST_ENTRY, len(words) - position), 0, -1)
            length = next((n for n in lengths if tuple(words[position : position + n]) in self._english), 1)
            own = tuple(words[position : position + length])
            yield _concept(own, self._english.get(own, ()))
            position += length


def _words(found: Sequence[str]) -> list[str]:
    """``found`` without the characters that a pair holds already."""
    paired = {character for term in found if is_pair(term) for character in term}
    return [term for term in found if term not in paired]


def _concept(own: tuple[str, ...], equals: Iterable[str]) -> Concept:
    return Concept(tuple(dict.fromkeys((own, *(tuple(terms(entry)) for entry in equals)))))


def _weight(term: str, weight: float) -> float:
    return weight * CHARACTER_WEIGHT if is_character(term) else weight


class _Cuts:
    """Cuts a text into ``entries``, the longest at each place first, and single characters between them."""

    def __init__(self, entries: Collection[str]) -> None:
        self._entries = entries
        lengths: dict[str, set[int]] = {}
        for entry in filter(None, entries):
            lengths.setdefault(entry[0], set()).add(min(len(entry), LONGEST_ENTRY))
        self._lengths = {first: sorted(of, reverse=True) for first, of in lengths.items()}  # most begin no entry

    def __call__(self, text: str) -> Iterator[str]:
        position = 0
        while position < len(text):
            lengths = self._lengths.get(text[position], ())
            length = next((n for n in lengths if text[position : position + n] in self._entries), 1)
            yield text[position : position + length]
            position += length
