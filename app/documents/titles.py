"""When two titles name one document."""

from __future__ import annotations

import re

_MARK = re.compile(r"[?:(？：（]")


def same_title(one: str, other: str) -> bool:
    """Whether one title is the other, or the other's part before or after a mark: "… (July 2022 edition)".

    No title is like none.
    """
    if not (one and other):
        return False
    ones, others = _parts(one), _parts(other)
    return one.casefold() in others or other.casefold() in ones


def _parts(title: str) -> list[str]:
    return [title.casefold(), *(part.strip() for part in _MARK.split(title.casefold()) if part.strip())]
