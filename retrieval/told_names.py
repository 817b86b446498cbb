"""Which of several names in a table a question tells: "gold and platinum card", "增長基金同保守基金".

Said together, names are cut short: what they share is said once, and their institution's name is not said at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.exchanged import short
from retrieval.tokens import holds_chinese, is_pair, normalise, placed_terms

PIECE = 2  # characters of Chinese; one alone stands in too many words (金卡, 現金)

JOINED = re.compile(
    r"[\s,/&、，]*(?:(?:and|or|vs\.?|versus)\s+(?:the\s+)?|[同和与及跟或定])?[\s]*"
)  # what stands between

Pieces = tuple[str, ...]


def told(question: str, names: Sequence[str]) -> tuple[int, ...]:
    """The places in ``names`` of those that ``question`` tells, in its own order; () for none.

    They stand side by side, with no more than "and" between them; a question that speaks of two apart tells none.
    A stretch of it tells the only name it stands in, or the one that has nothing more but what all names share.
    """
    is_chinese = holds_chinese("".join(names))
    cut = _characters if is_chinese else _words
    text = normalise(question)
    placed, known = cut(text), [tuple(piece for _, _, piece in cut(short(name))) for name in names]
    spoken = tuple(piece for _, _, piece in placed)
    shared = frozenset.intersection(*map(frozenset, known)) if known else frozenset()
    found: dict[int, None] = {}
    start, ended = 0, 0
    while start < len(spoken):
        length = _longest(spoken[start:], known)
        own = _told_by(spoken[start : start + length], known, shared)
        if length >= (PIECE if is_chinese else 1) and own:
            if found and not JOINED.fullmatch(text[ended : placed[start][0]]):
                return ()
            found.update(dict.fromkeys(own))
            ended = placed[start + length - 1][1]
        start += max(1, length)
    return tuple(found)


def _told_by(stretch: Pieces, known: Sequence[Pieces], shared: frozenset[str]) -> tuple[int, ...]:
    """The place of the name that ``stretch`` tells; () for none."""
    if all(piece in shared or piece.startswith("$") for piece in stretch):  # a currency stands beside many
        return ()
    holders = [place for place, name in enumerate(known) if _stands_in(stretch, name)]
    whole = [place for place in holders if frozenset(known[place]) - frozenset(stretch) <= shared]
    one = holders if len(holders) == 1 else whole
    return tuple(one) if len(one) == 1 else ()


def _longest(spoken: Pieces, known: Sequence[Pieces]) -> int:
    """How many of the first of ``spoken`` stand side by side in one name."""
    length = 0
    while length < len(spoken) and any(_stands_in(spoken[: length + 1], name) for name in known):
        length += 1
    return length


def _stands_in(stretch: Pieces, name: Pieces) -> bool:
    return any(name[at : at + len(stretch)] == stretch for at in range(len(name) - len(stretch) + 1))


def _characters(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((at, at + 1, character) for at, character in enumerate(text))


def _words(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(placed for placed in placed_terms(text) if not is_pair(placed[2]))
