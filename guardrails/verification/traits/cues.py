"""Small words that tell how far a sentence goes, by their lists in cues.yaml, on either side."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from guardrails.verification.comparison import Comparison
from guardrails.verification.phrases import pattern_of, phrases

MOST = 3


def traits(comparison: Comparison) -> dict[str, float]:
    """Of each list: whether both sides have a word of it, the sentence alone, or the evidence near it alone."""
    claim = comparison.claim.text
    near = nearby(comparison)
    found: dict[str, float] = {}
    for name, pattern in _patterns().items():
        said, stated = pattern.findall(claim), cues_of(comparison.evidence.text)[name]
        new = [word for word in said if word not in stated]
        close = bool(pattern.search(near))
        found[f"{name} in both"] = bool(said) and bool(stated)
        found[f"{name} added"] = bool(said) and not stated
        found[f"{name} added nearby"] = bool(said) and not close
        found[f"{name} left out nearby"] = close and not said
        found[f"{name}, another word"] = min(MOST, len(new))
        found[f"{name}, words"] = min(MOST, len(said))
    freed = any(found.get(f"{name} added") for name in ("regardless", "even"))
    found["freed of a case"] = freed and not cues_of(comparison.evidence.text)["all"]
    tied = any(found.get(f"{name} added") for name in ("exclusively", "if"))
    found["tied to a case"] = tied and bool(_patterns()["regardless"].search(near))
    return found


def nearby(comparison: Comparison) -> str:
    """The sentences of the evidence that the sentence speaks from."""
    sentences = re.split(r"(?<=[。!?;\n])|(?<=\. )", comparison.evidence.text)
    shared = [(sum(name in sentence for name in _pieces(comparison)), sentence) for sentence in sentences]
    best = max((count for count, _ in shared), default=0)
    return "".join(sentence for count, sentence in shared if 2 * count >= best)


def _pieces(comparison: Comparison) -> frozenset[str]:
    """Words and pairs of characters of the sentence as they stand."""
    text = comparison.claim.text
    pairs = {a + b for a, b in pairwise(text) if min(a, b) >= "\u3400"}
    return frozenset(pairs | set(re.findall(r"[a-z]{4,}|\d[\d,.]*\d|\d", text)))


@lru_cache(maxsize=256)
def cues_of(text: str) -> dict[str, frozenset[str]]:
    """The words of each list in a text."""
    return {name: frozenset(pattern.findall(text)) for name, pattern in _patterns().items()}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: pattern_of(listed) for name, listed in phrases("cues.yaml").items()}
