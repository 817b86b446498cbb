"""What changed within a text: word by word, in Chinese character by character, a figure with its sign as one word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_CURRENCY = r"(?:HK\$|US\$|RMB ?|HKD ?|USD ?|\$|¥|€|£)"
_TOKEN = re.compile(
    rf"{_CURRENCY}?\d+(?:[.,:/-]\d+)*%?|[^\W\d_\u2e80-\u9fff\uf900-\ufaff]+(?:['’][^\W\d_\u2e80-\u9fff]+)*|\s+|.",
    re.DOTALL,
)
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千萬万億亿兩两]+(?=[個个天日年月元厘倍次])")
Step = tuple[str, int, int, int, int]  # tag, range in the one, range in the other
EXACT_TOKENS = 2000  # longer texts are compared with difflib's shortcuts for frequent tokens


class Fate(StrEnum):
    """What became of a stretch of words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Stretch:
    """Words that share a fate; never empty."""

    text: str
    fate: Fate

    @property
    def figure(self) -> bool:
        """Whether a number was taken away or put in."""
        return self.fate is not Fate.KEPT and _FIGURE.search(self.text) is not None


def word_changes(before: str, after: str) -> tuple[Stretch, ...]:
    """The way from ``before`` to ``after``, what goes before what comes; empty for two empty texts.

    The kept and removed stretches make up ``before``, the kept and added ones ``after``. The way back is the same way
    with removed and added exchanged.
    """
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    return tuple(stretch for code in _steps(one, other) for stretch in _stretches(code, one, other))


def before_text(stretches: tuple[Stretch, ...]) -> str:
    """The text the change started from."""
    return "".join(s.text for s in stretches if s.fate is not Fate.ADDED)


def after_text(stretches: tuple[Stretch, ...]) -> str:
    """The text the change leads to."""
    return "".join(s.text for s in stretches if s.fate is not Fate.REMOVED)


def similar_steps(one: list[str], other: list[str], *, exact: bool) -> list[Step]:
    """difflib's opcodes, which depend on what is called first, made not to: the two are always asked in one order."""
    if one <= other:
        return list(SequenceMatcher(None, one, other, autojunk=not exact).get_opcodes())
    turned = SequenceMatcher(None, other, one, autojunk=not exact).get_opcodes()
    return [(_BACK.get(tag, tag), j1, j2, i1, i2) for tag, i1, i2, j1, j2 in turned]


_BACK = {"insert": "delete", "delete": "insert"}


def _steps(one: list[str], other: list[str]) -> list[Step]:
    return similar_steps(one, other, exact=max(len(one), len(other)) <= EXACT_TOKENS)


def _stretches(step: Step, one: list[str], other: list[str]) -> Iterator[Stretch]:
    tag, i1, i2, j1, j2 = step
    if tag == "equal":
        yield Stretch("".join(one[i1:i2]), Fate.KEPT)
        return
    if i1 < i2:
        yield Stretch("".join(one[i1:i2]), Fate.REMOVED)
    if j1 < j2:
        yield Stretch("".join(other[j1:j2]), Fate.ADDED)
