"""Digits that somebody wrote as words: 九一二三 四五六七, "nine one two three, double four …", as one row of digits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardrails.normalise import NormalText
from knowledge_bases.schema import Span

FEWEST = 6  # digits of a row that is read; fewer are years, days and counts

_CHINESE = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2", "幺": "1"}
_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ENGLISH = {name: str(i) for i, name in enumerate(_NAMES)} | {"oh": "0"}
_TIMES = {"double": 2, "triple": 3}
_WORD = rf"(?:(?P<times>double|triple)[ \-])?(?P<word>{'|'.join(_ENGLISH)})"
_PIECE = re.compile(rf"{_WORD}|(?P<one>[{''.join(_CHINESE)}])")
_ANY_WORD = rf"\b{re.sub(r'[?]P<[a-z]+>', '?:', _WORD)}\b"
_ROW = re.compile(
    rf"[{''.join(_CHINESE)}](?:[\s\-·]{{0,2}}[{''.join(_CHINESE)}]){{{FEWEST - 1},}}"
    rf"|{_ANY_WORD}(?:[\s\-,.]{{1,2}}{_ANY_WORD}){{{FEWEST - 2},}}"  # one of them may be double
)


@dataclass(frozen=True)
class SpeltText(NormalText):
    """A text whose spelt digits are digits; a digit may stand for several characters, which end at ``ends``."""

    ends: tuple[int, ...] = ()

    def original(self, start: int, end: int) -> Span:
        """See ``NormalText.original``."""
        return Span(self.origins[start], self.ends[end - 1])


def in_rows(text: NormalText) -> SpeltText | None:
    """``text`` with every row of spelt digits as digits without gaps; None where there is none."""
    pieces: list[tuple[str, int, int]] = []  # characters, and where they come from in ``text``
    here = 0
    for row in _ROW.finditer(text.text):
        pieces += [(c, here + i, here + i + 1) for i, c in enumerate(text.text[here : row.start()])]
        pieces += _digits(row)
        here = row.end()
    if not pieces:
        return None
    pieces += [(c, here + i, here + i + 1) for i, c in enumerate(text.text[here:])]
    places = [text.original(start, end) for _, start, end in pieces]
    return SpeltText(
        "".join(c for c, _, _ in pieces), tuple(p.start for p in places), tuple(place.end for place in places)
    )


def _digits(row: re.Match[str]) -> list[tuple[str, int, int]]:
    """Each digit of a row; "double four" is two that come from the same words."""
    found = []
    for piece in _PIECE.finditer(row[0]):
        place = (row.start() + piece.start(), row.start() + piece.end())
        digit = _ENGLISH[piece["word"]] if piece["word"] else _CHINESE[piece["one"]]
        found += [(digit, *place)] * _TIMES.get(piece["times"] or "", 1)
    return found
