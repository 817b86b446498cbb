"""Sets right what an engine is known to misread where only one reading is possible; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingestion.ocr.types import Letter, Line, Word

CHINESE = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
WIDE = dict(zip(",:;?!()", "，：；？！（）", strict=True))
# Tesseract gives the full-width marks of Chinese text as the Latin ones they look like.
NARROW = re.compile(rf"(?<=[{CHINESE}])[,:;?!()]|[()](?=[{CHINESE}])")
AMOUNT = r"(?<![A-Za-z])(?:HK|US)"
DOLLAR = re.compile(AMOUNT + r"[Ss](?=\$?(?:\d|O(?![A-Za-z])))")  # no amount is written HKS100
DOUBLED = re.compile(AMOUNT + r"\$\$(?=\d)")
NOUGHT = re.compile(AMOUNT + r"\$O(?![A-Za-z])")
BULLETS = frozenset("¢‧°»")  # what a bullet is taken for, alone at the start of a line

Mend = tuple[re.Pattern[str], Callable[[str], str]]
MENDS: tuple[Mend, ...] = (
    (NARROW, WIDE.__getitem__),
    (DOLLAR, lambda _: "$"),
    (DOUBLED, lambda _: ""),
    (NOUGHT, lambda _: "0"),
)


def mended(line: Line) -> Line:
    """The line with its characters set right; their places and confidences stay."""
    words = _bulleted(line.words)
    for pattern, right in MENDS:
        words = _replaced(words, pattern, right)
    return replace(line, words=words)


def _bulleted(words: tuple[Word, ...]) -> tuple[Word, ...]:
    if len(words) < 2 or len(words[0]) != 1 or words[0][0].text not in BULLETS:
        return words
    return (replace(words[0][0], text="•"),), *words[1:]


def _replaced(words: Sequence[Word], pattern: re.Pattern[str], right: Callable[[str], str]) -> tuple[Word, ...]:
    """The last character of each match is put right; a match may run over the engine's words, as Chinese does."""
    places = [(w, n) for w, word in enumerate(words) for n, letter in enumerate(word) for _ in letter.text]
    text = "".join(letter.text for word in words for letter in word)
    letters: list[list[Letter]] = [list(word) for word in words]
    for found in pattern.finditer(text):
        w, n = places[found.end() - 1]
        if len(letters[w][n].text) == 1:
            letters[w][n] = replace(letters[w][n], text=right(found.group()[-1]))
    kept = (tuple(letter for letter in word if letter.text) for word in letters)
    return tuple(word for word in kept if word)
