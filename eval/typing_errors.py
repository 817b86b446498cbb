"""Questions as they are typed in a hurry: seeded slips of the keyboard, to measure what they cost.

The first letter of a word stays right, as it does in 98 of 100 misspelled words (Yannakoudakis and Fawthrop, The rules
of spelling errors, 1983); words of fewer than four letters, figures and Chinese stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

MOST = 2  # errors in a question, at least one where a word is long enough
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4,}(?![A-Za-z0-9])")


_PLACES = {letter: (row, column) for row, keys in enumerate(_ROWS) for column, letter in enumerate(keys)}
_BESIDE = frozenset({(0, -1), (0, 1), (-1, 0), (-1, 1), (1, 0), (1, -1)})


def _neighbours(row: int, column: int) -> str:
    """The keys beside one, and those above and below it on a keyboard's slant."""
    return "".join(other for other, (r, c) in _PLACES.items() if (r - row, c - column) in _BESIDE)


NEIGHBOURS = {letter: _neighbours(row, column) for letter, (row, column) in _PLACES.items()}


def mistyped(text: str, seed: int) -> str:
    """``text`` with one or two errors, each in a word of its own; the same for the same seed."""
    random = Random(f"{seed}:{text}")  # noqa: S311 - no secret is made of it
    words = list(_WORD.finditer(text))
    chosen = random.sample(words, min(len(words), random.randint(1, MOST)))
    for word in sorted(chosen, key=lambda match: -match.start()):
        text = text[: word.start()] + _slipped(word.group(), random) + text[word.end() :]
    return text


def _slipped(word: str, random: Random) -> str:
    """One error in ``word``, and never the word itself."""
    while True:
        made = random.choice(_ERRORS)(word, random.randrange(1, len(word)), random)
        if made != word:
            return made


def _beside(word: str, at: int, random: Random) -> str:
    return word[:at] + random.choice(NEIGHBOURS[word[at].lower()]) + word[at + 1 :]


def _dropped(word: str, at: int, _: Random) -> str:
    return word[:at] + word[at + 1 :]


def _doubled(word: str, at: int, _: Random) -> str:
    return word[: at + 1] + word[at:]


def _swapped(word: str, at: int, _: Random) -> str:
    return word if at < 2 else word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


_ERRORS: tuple[Callable[[str, int, Random], str], ...] = (_beside, _dropped, _doubled, _swapped)
