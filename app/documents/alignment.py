"""Which line of one document is which line of another: first by equal words in order, then by likeness.

Where two lines may be meant, those under the same heading, with the same row label and between the same neighbours
are preferred. Which document is called first makes no difference.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.documents.lines import Line, LineKind
from app.documents.wording import similar_steps

LEAST_ALIKE = 0.4  # share of common words and character pairs that a changed line has kept
LEAST_SCORE = 0.6
SAME_LABEL, SAME_HEADING, SAME_GAP = 0.4, 0.15, 0.1
CROWDED = 40  # lines that share a word; a word of more says nothing of which line is meant
_WORD = re.compile(r"[^\W_\u2e80-\u9fff\uf900-\ufaff]+|[\u2e80-\u9fff\uf900-\ufaff]+")
_PROSE = frozenset({LineKind.PARAGRAPH, LineKind.LIST_ITEM})

Pair = tuple[int, int]


@dataclass(frozen=True)
class Alignment:
    """Pairs of places of one line in both documents, by place in the first. ``moved`` are those out of order."""

    pairs: tuple[Pair, ...]
    moved: frozenset[Pair]


def align(before: Sequence[Line], after: Sequence[Line]) -> Alignment:
    """Pairs what belongs together; what has no like is in no pair."""
    turned = [line.folded for line in after] < [line.folded for line in before]
    one, other = (after, before) if turned else (before, after)
    pairs = _Aligner(one, other).pairs()
    moved = set(pairs) - set(_longest_in_order(pairs))
    if turned:
        pairs, moved = [(j, i) for i, j in pairs], {(j, i) for i, j in moved}
    return Alignment(tuple(sorted(pairs)), frozenset(moved))


@dataclass
class _Aligner:
    """One run over two documents; ``gaps`` numbers the lines between two equal ones on either side."""

    one: Sequence[Line]
    other: Sequence[Line]
    found: dict[int, int] = field(default_factory=dict)
    gaps: tuple[dict[int, int], dict[int, int]] = field(default_factory=lambda: ({}, {}))

    def pairs(self) -> list[Pair]:
        for i1, i2, j1, j2 in self._equal_in_order(0, len(self.one), 0, len(self.other), with_heading=True):
            list(self._equal_in_order(i1, i2, j1, j2, with_heading=False))
        self._number_gaps()
        self._pair_alike()
        return sorted(self.found.items())

    def _equal_in_order(
        self, i1: int, i2: int, j1: int, j2: int, *, with_heading: bool
    ) -> Iterator[tuple[int, int, int, int]]:
        """Notes equal lines of two ranges that stand in the same order; gives the ranges between them."""
        one, other = (
            [f"{line.heading}\n{line.folded}" if with_heading else line.folded for line in lines]
            for lines in (self.one[i1:i2], self.other[j1:j2])
        )
        for tag, a1, a2, b1, b2 in similar_steps(one, other, exact=True):
            if tag == "equal":
                self.found.update(zip(range(i1 + a1, i1 + a2), range(j1 + b1, j1 + b2), strict=True))
            elif tag == "replace":
                yield i1 + a1, i1 + a2, j1 + b1, j1 + b2

    def _number_gaps(self) -> None:
        taken = {j: i for i, j in self.found.items()}
        for lines, mine, numbers in ((self.one, self.found, self.gaps[0]), (self.other, taken, self.gaps[1])):
            passed = 0
            for place in range(len(lines)):
                passed += place in mine
                numbers[place] = passed

    def _pair_alike(self) -> None:
        """The likest pairs first; of equally like ones the nearest, so that repeated rows keep their order."""
        ranked = sorted(
            ((-score, abs(i / len(self.one) - j / len(self.other)), i + j, i, j) for score, i, j in self._scored())
        )
        taken = set(self.found.values())
        for *_, i, j in ranked:
            if i not in self.found and j not in taken:
                self.found[i] = j
                taken.add(j)

    def _scored(self) -> Iterator[tuple[float, int, int]]:
        taken = set(self.found.values())
        free = [j for j in range(len(self.other)) if j not in taken]
        mine = {i: _grams(line) for i, line in enumerate(self.one) if i not in self.found}
        theirs = {j: _grams(self.other[j]) for j in free}
        for i, j in _candidates(mine, theirs):
            score = self._score(i, j, _alike(mine[i], theirs[j]))
            if score >= LEAST_SCORE:
                yield score, i, j

    def _score(self, i: int, j: int, alike: float) -> float:
        """0 for what cannot be one line."""
        one, other = self.one[i], self.other[j]
        if one.kind is not other.kind and not {one.kind, other.kind} <= _PROSE:
            return 0.0
        same_heading = one.heading == other.heading
        same_label = one.kind is LineKind.ROW and one.cells[0] == other.cells[0] and one.cells[0] != ""
        if alike < LEAST_ALIKE and not (same_label and same_heading):
            return 0.0
        same_gap = self.gaps[0][i] == self.gaps[1][j]
        return alike + SAME_LABEL * same_label + SAME_HEADING * same_heading + SAME_GAP * same_gap


def _grams(line: Line) -> Counter[str]:
    """Words and pairs of neighbouring Chinese characters, and the row label as a whole."""
    grams: Counter[str] = Counter()
    for word in _WORD.findall(line.folded.lower()):
        pairs = [word] if word.isascii() or len(word) == 1 else [word[k : k + 2] for k in range(len(word) - 1)]
        grams.update(pairs)
    if line.kind is LineKind.ROW:
        grams[f"{line.heading}\n{line.cells[0]}"] += 1
    return grams


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient, in [0, 1]."""
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if both else 0.0


def _candidates(mine: dict[int, Counter[str]], theirs: dict[int, Counter[str]]) -> Iterator[Pair]:
    """Pairs of lines that share a word which few other lines have."""
    holders: tuple[dict[str, list[int]], ...] = (defaultdict(list), defaultdict(list))
    for side, lines in zip(holders, (mine, theirs), strict=True):
        for place, grams in lines.items():
            for gram in grams:
                side[gram].append(place)
    seen: set[Pair] = set()
    for gram, places in holders[0].items():
        others = holders[1].get(gram, [])
        if len(places) <= CROWDED and len(others) <= CROWDED:
            seen.update((i, j) for i in places for j in others)
    yield from seen


def _longest_in_order(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The most pairs that stand in the same order in both documents, last first (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    below: list[int | None] = []
    for place, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        if pile == len(tops):
            tops.append(j)
            piles.append(place)
        else:
            tops[pile], piles[pile] = j, place
        below.append(piles[pile - 1] if pile else None)
    at = piles[-1] if piles else None
    while at is not None:
        yield pairs[at]
        at = below[at]
