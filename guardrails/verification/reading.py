"""A text as it is compared: its words by what they say, its figures, negations and conditions, each with its place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import pairwise

from guardrails.normalise import normal
from guardrails.numerals import in_digits
from guardrails.quantities import located
from guardrails.verification.figures import Figure, figure_at
from guardrails.verification.items import Bone, Feature, Mark, turned
from guardrails.verification.lexicon import TOKEN, Sense, lexicon, stem
from guardrails.verification.nearness import ELSEWHERE, LABEL, SAME_ROW, nearness
from guardrails.verification.openers import opener
from guardrails.verification.rows import barred
from guardrails.verification.types import Place

SENTENCE_ENDS = frozenset("。!?;\n")
CLAUSE_ENDS = SENTENCE_ENDS | frozenset(",:()[]|–—\t")
JOINED = frozenset({"or", "nor", "或", "及"})  # after a comma, they go on with the clause
LIGHT = frozenset({"allowed", "required", "bound", "before_after", "how_many"})  # families that tell no subject
LONG_SENTENCE = 250  # tokens; what goes on longer is a table, and is parted
LONGEST = 20_000  # characters that are read; what is cited is a passage, never a book
_PROPER = re.compile(r"(?<=[a-z,;\u3400-\u9fff\d)”\"'] )([A-Z][A-Za-z]+)|\b([A-Z]{2,})\b")


class Reading:
    """A text, read once. Empty text has nothing."""

    def __init__(self, text: str) -> None:
        self.raw = barred(text[:LONGEST])
        text = _spelt_out(in_digits(self.raw))
        self.opener, length = opener(text)
        self.text = text[length:]
        self.features: list[Feature] = []
        self.marks: list[Mark] = []
        self.figures: list[Figure] = []
        self.skeleton: list[list[Bone]] = [[]]  # what each sentence says, in order
        self.tabular: set[int] = set()  # sentences that are rows of a table
        self.asked: set[int] = set()  # clauses that ask
        self.columns: dict[int, int] = defaultdict(int)  # of a table's row, which column a clause stands in
        self._around: dict[int, dict[str, float]] = {}
        self._after: dict[int, str] = {}  # by the place of a figure, the word that follows it
        self._since = 0  # the token that the sentence begins with
        self._read()

    def _read(self) -> None:
        end, place = 0, Place(0, 0, 0)
        for found in located(self.text):
            if found.start >= end:
                place = self._read_words(self.text[end : found.start], place, followed=True)
                figure = figure_at(self.text, found, place)
                self.figures.append(figure)
                self.skeleton[-1].append(
                    Bone(f"#{figure.kind}:{figure.value}:{found.quantity.unit}", place.clause, figure)
                )
                end, place = found.end, Place(place.at + 1, place.clause, place.sentence)
        self._read_words(self.text[end:], place)
        self.marks = turned(self.marks)

    def _read_words(self, text: str, place: Place, followed: bool = False) -> Place:
        """Reads what stands between two figures; where the next token stands. ``followed``: by a figure."""
        found = [(match[0], match.end()) for match in TOKEN.finditer(text)]
        words = [word for word, _ in found]
        if words and words[0].isalpha():
            self._after[place.at - 1] = stem(words[0])
        stems = [stem(word) for word in words]
        run: list[tuple[str, Place]] = []
        known, index = lexicon(), 0
        while index < len(words):
            word, end = found[index]
            here = Place(place.at + index, place.clause, place.sentence)
            length = 1
            if here.at - self._since > LONG_SENTENCE:
                self._close(run)
                place = self._ended(place, "", True)
                here, self._since = Place(here.at, place.clause, place.sentence), here.at
            if word == "," and words[index + 1 : index + 2] and words[index + 1] in JOINED:
                self._close(run)
            elif word in CLAUSE_ENDS or word == ".":
                self._close(run)
                last = text[end : end + 1] in ("", " ", "\n", "\t") and not (followed and end == len(text))
                place = self._ended(place, word, word in SENTENCE_ENDS or (word == "." and last))
            elif phrase := known.at(words, stems, index):
                length, sense = phrase
                self._close(run)
                self._say(sense, here, here.at + length, "".join(words[index : index + length]))
            elif word.isascii() or not word.isalpha():
                self._close(run)
                if word[0].isalnum():
                    self._feature(stems[index], here)
            else:
                run.append((word, here))
            index += length
        self._close(run)
        return Place(place.at + len(words), place.clause, place.sentence)

    def _ended(self, place: Place, by: str, sentence: bool) -> Place:
        if by == "?":
            self.asked.add(place.clause)
        if by == "|":
            self.tabular.add(place.sentence)
        if sentence:
            self.skeleton.append([])
            self._since = place.at
        else:
            self.columns[place.clause + 1] = self.columns[place.clause] + (by == "|")
        return Place(place.at, place.clause + 1, place.sentence + sentence)

    def _say(self, sense: Sense, place: Place, end: int, words: str) -> None:
        if sense.family or sense.condition or sense.negates:
            self.marks.append(Mark(sense, place, end))
        if sense.family or sense.condition or sense.negates or sense.concept:
            key = sense.concept if not (sense.family or sense.condition or sense.negates) else _key(sense)
            self.skeleton[-1].append(Bone(key, place.clause, sense=sense))
        if sense.family:
            if sense.family not in LIGHT:
                self.features.append(Feature(sense.name, place))
        elif sense.concept:
            self.features.append(Feature(sense.concept, place))
        elif not (sense.silent or sense.negates or sense.condition):
            self._feature(words, place)

    def _feature(self, name: str, place: Place) -> None:
        self.features.append(Feature(name, place))
        self.skeleton[-1].append(Bone(name, place.clause))

    def _close(self, run: list[tuple[str, Place]]) -> None:
        """Ends a run of Chinese characters: its pairs are features, a single one is its own."""
        if not run:
            return
        if len(run) == 1:
            self.features.append(Feature(*run[0]))
        for (one, place), (other, _) in pairwise(run):
            self.features.append(Feature(one + other, place))
        self.skeleton[-1].extend(Bone(character, place.clause) for character, place in run)
        run.clear()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all features."""
        return frozenset(feature.name for feature in self.features)

    @cached_property
    def proper(self) -> frozenset[str]:
        """The names among its words, as features: capitals past a sentence's start, and words of capitals alone."""
        found = {match[1] or match[2] for match in _PROPER.finditer(self.raw)}
        return frozenset(stem(word) for name in found for word in TOKEN.findall(normal(name))) & self.names

    @cached_property
    def by_sentence(self) -> dict[int, list[Feature]]:
        """The features of each sentence."""
        found: dict[int, list[Feature]] = defaultdict(list)
        for feature in self.features:
            found[feature.place.sentence].append(feature)
        return found

    @cached_property
    def told(self) -> list[Feature]:
        """All features and, as others, the figures: what stands about a place tells which it is."""
        return [*self.features, *(Feature(f"#{figure.said}", figure.place) for figure in self.figures)]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The names of the figures among ``told``."""
        return frozenset(f"#{figure.said}" for figure in self.figures)

    @cached_property
    def told_by_sentence(self) -> dict[int, list[Feature]]:
        """The same, of each sentence."""
        found: dict[int, list[Feature]] = defaultdict(list)
        for feature in self.told:
            found[feature.place.sentence].append(feature)
        return found

    @cached_property
    def excepted(self) -> frozenset[str]:
        """The features that say what is not meant: except public holidays."""
        return frozenset(
            name for mark in self.marks if mark.sense.condition == "but" for name in self.scope(mark, most=8)
        )

    def around(self, place: Place) -> dict[str, float]:
        """The features about a place, each by how much it tells of it, in (0, 1]; of a cell, its labels tell most."""
        if place.at not in self._around:
            found: dict[str, float] = {}
            for feature, near in self._told(place):
                found[feature.name] = max(found.get(feature.name, 0.0), near)
            self._around[place.at] = found
        return self._around[place.at]

    def _told(self, place: Place) -> Iterator[tuple[Feature, float]]:
        told = self.told_by_sentence
        for sentence in (0, place.sentence - 1):
            yield from ((feature, ELSEWHERE) for feature in told.get(sentence, ()))
        own = [feature for feature in told.get(place.sentence, ()) if feature.place.at != place.at]
        if place.sentence not in self.tabular:
            yield from ((feature, nearness(feature.place, place)) for feature in own)
            return
        column, header = self.columns[place.clause], self._header(place.sentence)
        label = min((self.columns[feature.place.clause] for feature in own), default=0)
        for feature in told.get(header, ()):
            if self.columns[feature.place.clause] == column:
                yield feature, LABEL
        for feature in own:
            other = self.columns[feature.place.clause]
            yield feature, nearness(feature.place, place) if other == column else LABEL if other == label else SAME_ROW

    def _header(self, sentence: int) -> int:
        """The first row of the table that a row is of."""
        while sentence - 1 in self.tabular:
            sentence -= 1
        return sentence

    def counted(self, figure: Figure) -> str:
        """The measure word or noun that stands next after a figure; "" where none does."""
        return self._after.get(figure.place.at, "")

    def in_clause(self, clause: int) -> frozenset[str]:
        """The features of a clause."""
        return frozenset(feature.name for feature in self.features if feature.place.clause == clause)

    @cached_property
    def negated(self) -> frozenset[tuple[int, str]]:
        """Features, by sentence, that a negator or the denying side of a family may deny; generous."""
        clauses = {mark.place.clause for mark in self.marks if mark.sense.negates or mark.value == "-"}
        return frozenset((f.place.sentence, f.name) for f in self.features if f.place.clause in clauses)

    def scope(self, mark: Mark, most: int = 2) -> list[str]:
        """The first features after a mark in its clause; the last before it where none follow."""
        same = [f for f in self.by_sentence.get(mark.place.sentence, ()) if f.place.clause == mark.place.clause]
        after = [f.name for f in same if f.place.at >= mark.end]
        return after[:most] or [f.name for f in same if f.place.at < mark.place.at][-most:]

    def governed(self, mark: Mark) -> list[str]:
        """What a condition limits: what is before it in its clause, else the clause before, else the clause after."""
        features = self.by_sentence.get(mark.place.sentence, [])
        own = [f.name for f in features if f.place.clause == mark.place.clause and f.place.at < mark.place.at]
        after = [f.name for f in features if f.place.clause == mark.place.clause and f.place.at >= mark.end]
        if mark.sense.condition == "only":
            return own or after
        if own and after:
            return own
        before = max((f.place.clause for f in features if f.place.clause < mark.place.clause), default=None)
        if before is None:
            before = min((f.place.clause for f in features if f.place.clause > mark.place.clause), default=None)
        return [f.name for f in features if f.place.clause == before]


def _key(sense: Sense) -> str:
    return f"{'!' * sense.negates}{sense.condition}?{sense.family}={sense.value}"


_BESIDES = re.compile("除了?([^,。;]{1,40}?)(?:之外|以外|外)(?=,?[^,。;]{0,8}(?:也|亦|还))")


def _spelt_out(text: str) -> str:
    """Contracted negations in full, so that they read as the others do; 除…外，也 is no exception but beside."""
    text = _BESIDES.sub(r"连同\1", text).replace("首日", "第1日").replace("首天", "第1天")
    if "n't" not in text and "n’t" not in text:
        return text
    return text.replace("’", "'").replace("can't", "cannot").replace("won't", "will not").replace("n't", " not")


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """The reading of ``text``; the same spans are cited by many sentences."""
    return Reading(text)
