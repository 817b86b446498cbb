"""Words an Office file holds and does not show."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.parsers.elements import clean
from knowledge_bases.parsed import HiddenText, Hiding

LONGEST = 500


def not_shown(text: str, where: str) -> Iterator[HiddenText]:
    """All of ``text`` in pieces that fit; nothing for blank text."""
    words = clean(text)
    for start in range(0, len(words), LONGEST):
        yield HiddenText(Hiding.NOT_SHOWN, words[start : start + LONGEST], where=where)
