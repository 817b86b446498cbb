"""Whether letters make words: what tells a text from one that is written in a code."""

from __future__ import annotations

import re
from importlib import resources

_COMMON = frozenset(resources.files("guardrails").joinpath("plain_words.txt").read_text(encoding="utf-8").split())
_LATIN = re.compile(r"[a-z']{1,20}")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
SHARE = 0.25  # of a text's Latin words that are common ones, in English


def reads_as_words(text: str) -> bool:
    """Whether lower-case ``text`` is English or Chinese as people write it; False for fewer than two words."""
    words = _LATIN.findall(text)
    if len(_CHINESE.findall(text)) >= 2:
        return True
    return len(words) >= 2 and sum(word in _COMMON for word in words) >= max(2, SHARE * len(words))
