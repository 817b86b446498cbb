"""The one rule for what people write: which characters are taken at all, wherever the words go afterwards."""

from __future__ import annotations

import re

from pydantic import AfterValidator

# no glyph, or they turn the order in which what follows is read; line breaks and tabs are none of them
_UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_STORED = re.compile("[\0\ud800-\udfff]")  # PostgreSQL keeps no NUL, and half a character is none


def unseen(text: str) -> str | None:
    """The first character of ``text`` that a reader does not see or is misled by, as U+202E; None: there is none."""
    found = _UNSEEN.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def without_unseen(text: str) -> str:
    """``text`` without such characters: for names that came with a file and that nobody can correct."""
    return _UNSEEN.sub("", text)


def unstorable(text: str) -> bool:
    """Whether ``text`` holds a character that no database keeps."""
    return _NOT_STORED.search(text) is not None


def _storable(text: str) -> str:
    if unstorable(text):
        raise ValueError("holds a character that can't be stored (NUL or half of a pair); leave it out")
    return text


def _seen(text: str) -> str:
    if found := unseen(text):
        raise ValueError(f"holds a character that nobody sees ({found}); type it again")
    return text


# what staff write for other people to read and decide on
SEEN = AfterValidator(_seen)

# a customer's words: whatever can be stored is taken, and the guardrails judge it
STORABLE = AfterValidator(_storable)
