"""The yes or no that an answer begins with: it says which way the rest goes, and denies no word of it."""

from __future__ import annotations

import re
from functools import cache

from guardrails.verification.phrases import pattern_of, phrases


def opener(text: str) -> tuple[str, int]:
    """ "yes", "no" or "", and how many characters of ``text`` (in matching form) the word and its stop take."""
    found = _pattern().match(text)
    if found is None or found.end() == len(text):
        return "", 0
    return ("yes" if found["yes"] else "no"), found.end()


@cache
def _pattern() -> re.Pattern[str]:
    sides = (f"(?P<{side}>{pattern_of(listed).pattern})" for side, listed in phrases("lexicon.yaml")["openers"].items())
    return re.compile(rf"\s*(?:{'|'.join(sides)})(?:\s*[,.。;!:]\s*)")
