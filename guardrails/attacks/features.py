"""What the model sees of a text: its words by one, two and three, and which concepts stand in it together.

Sentence ends are no words: whoever writes them tells nothing of what is wanted.
"""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from guardrails.attacks.concepts import named_in

_WORD = re.compile(r"[a-z][a-z']*|[0-9]+|[\u3400-\u9fff]|[\[\]<>{}:=+\\/#*_|%\"「」\n-]")


def features(text: str) -> frozenset[str]:
    """The features of normalised ``text``; some for every text, also an empty one."""
    words = ["^", *(_word(match) for match in _WORD.findall(text)), "$"]
    found = set(words)
    found.update(map(" ".join, pairwise(words)))
    found.update(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
    found.update(f"{first} _ {third}" for first, third in zip(words, words[2:], strict=False))
    named = [f"@{name}" for name in named_in(text)]
    found.update(named)
    found.update(map(" ".join, combinations(named, 2)))
    return frozenset(found)


def _word(piece: str) -> str:
    """A piece as a feature; numbers count by their length only."""
    if piece == "\n":
        return "<line>"
    return f"<{min(len(piece), 4)} digits>" if piece.isdigit() else piece
