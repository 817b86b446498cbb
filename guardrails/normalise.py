"""One form for all detectors: compatible, lower-case, folded text that still knows where it came from.

Attackers and keyboards write the same words in many ways: full-width digits, zero-width characters, Cyrillic letters
that look Latin, Traditional or Simplified characters. Detectors match one form; findings point into the original.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, repeat

from knowledge_bases.schema import Span

TOGETHER = 8  # texts that are kept: all detectors of a check read the same one or two, and few checks run at a time
# Letters of other scripts that read as Latin ones (Unicode confusables, the subset seen in attacks).
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝвкмнтієαορυνκτιɑıɡɩʏοս",
    "aeopcyxijsdhqwbkmhtieaopuvktiaigiyou",
)


@dataclass(frozen=True)
class NormalText:
    """``text`` is the form to match; ``origins[i]`` is the index in the original of its i-th character."""

    text: str
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """The span of the original that ``text[start:end]`` (not empty) was made of."""
        return Span(self.origins[start], self.origins[end - 1] + 1)


@lru_cache(maxsize=TOGETHER)
def normalise(text: str) -> NormalText:
    """The matching form of ``text``; invisible characters vanish, one character may become several."""
    pieces = list(map(_piece, text))
    lengths = list(map(len, pieces))
    if lengths.count(1) == len(lengths):  # nearly always, and several times as fast
        return NormalText("".join(pieces), tuple(range(len(pieces))))
    origins = chain.from_iterable(map(repeat, range(len(pieces)), lengths))
    return NormalText("".join(pieces), tuple(origins))


def normal(text: str) -> str:
    """The matching form alone, for those who point at nothing; several times as fast."""
    return "".join(map(_piece, text))


def fold(text: str) -> str:
    """``text`` with Traditional characters as Simplified ones, one for one; other characters stay."""
    return text.translate(_folding())


@cache
def _piece(character: str) -> str:
    compatible = unicodedata.normalize("NFKC", character).lower()
    visible = "".join(c for c in compatible if not _invisible(c))
    return fold(visible.translate(_LOOKALIKES))


def _invisible(character: str) -> bool:
    """Format controls, variation selectors and marks that only decorate the letter before them."""
    return unicodedata.category(character) in {"Cf", "Mn", "Me"}


@cache
def _folding() -> dict[int, str]:
    """Traditional to Simplified, from OpenCC's character table (first form where there are several)."""
    lines = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return {ord(source): targets.split(" ")[0] for source, targets in pairs if len(source) == 1}
