"""Which earlier question of a conversation the last one leans on: no model, but what it names and how it begins.

A turn that only points ("and the platinum one?") is read with the last turn before it that stands by itself and names
something of the trade, or with the one that names what it names. Whole histories are never taken: on the public
conversations of mtrag they cost 30 points of nDCG@10 (``candour eval retrieval``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.concepts import Thesaurus
from retrieval.tokens import is_character, terms

FEW_TERMS = 4  # a question of fewer says too little by itself
SOME_TERMS = 7  # in one of fewer, "it" and "that" mean what was said before
BEGINS = re.compile(
    r"^\W*(?:what about|how about|what if|same|in that case|another)\b"
    r"|^\W*(?:咁|噉|那|那么|那麼|同埋|另外|如果係|如果是|換轉|换成|換咗|仲有|还有|還有|但係|但是)|呢\W*$",
    re.IGNORECASE,
)
POINTS = re.compile(
    r"\b(?:it|its|that|this|those|these|they|them|one|ones|either|neither|instead|as well|the same|the other)\b"
    r"|呢個|嗰個|嗰張|呢張|這個|这个|那個|那个|它|佢哋|佢|一樣|一样|同樣|同样|第二種|另一",
    re.IGNORECASE,
)


def leaned_on(text: str, history: Sequence[str], thesaurus: Thesaurus) -> str:
    """The earlier question that ``text`` is to be read with; empty where it stands by itself, or none names a thing.

    ``history`` is the customer's turns before it, oldest first.
    """
    if not history or not leans(text):
        return ""
    named = _named(text, thesaurus)
    start = next((i for i in range(len(history) - 1, -1, -1) if not leans(history[i])), 0)
    recent = [_named(turn, thesaurus) for turn in history[start:]]
    older = [turn for turn in history[:start] if named & _named(turn, thesaurus)]
    if older and not any(named & own for own in recent):
        return older[-1]
    return history[start] if recent[0] else ""


def leans(text: str) -> bool:
    """Whether a question says too little by itself, goes on, or points back."""
    own = len([term for term in terms(text) if not is_character(term)])
    return own < FEW_TERMS or BEGINS.search(text) is not None or (own < SOME_TERMS and POINTS.search(text) is not None)


def _named(text: str, thesaurus: Thesaurus) -> frozenset[int]:
    return frozenset(filter(thesaurus.is_trade, thesaurus.named(text)))
