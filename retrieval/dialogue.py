"""Which earlier question of a conversation the last one leans on: no model, but what it names and how it begins.

A turn that only points ("and the platinum one?") is read with the last turn before it that stands by itself and names
something of the trade, or with the one that names what it names. Any other may stand by itself, and may not, whatever
its length ("how much would I be on the hook for?"): it is read both ways. Whole histories are never taken: on the
public conversations of mtrag they cost 20 points of nDCG@10 (``candour eval retrieval``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from retrieval.concepts import Thesaurus
from retrieval.tokens import is_character, terms

FEW_TERMS = 4  # a question of fewer says too little by itself
SOME_TERMS = 7  # in one of fewer, "it" and "that" mean what was said before
BEGINS = re.compile(
    r"^\W*(?:what about|how about|what if|same|in that case|another)\b"
    r"|^\W*(?:咁|噉|那|那么|那麼|同埋|另外|如果係|如果是|換轉|换成|換咗|仲有|还有|還有|但係|但是)|呢\W*$",
    re.IGNORECASE,
)
GOES_ON = re.compile(r"^\W*(?:ok(?:ay)?\W+)?(?:and|or|but)\b", re.IGNORECASE)  # "and a personal loan?", if little more
POINTS = re.compile(
    r"\b(?:it|its|that|this|those|these|they|them|one|ones|either|neither|instead|as well|the same|the other)\b"
    r"|呢個|嗰個|嗰張|呢張|這個|这个|那個|那个|它|佢哋|佢|一樣|一样|同樣|同样|第二種|另一",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class InContext:
    """A question, and the earlier one it is read with; ``earlier`` is empty where it is read by itself."""

    question: str
    earlier: str = ""

    @property
    def text(self) -> str:
        """Both as one text."""
        return f"{self.earlier} {self.question}".strip()


def readings(text: str, history: Sequence[str], thesaurus: Thesaurus, rewritten: str = "") -> tuple[InContext, ...]:
    """The ways to read ``text``: by itself, with the question before it, or either where it does not only point.

    ``history`` is the customer's turns before it, oldest first. With how somebody else has ``rewritten`` it, it is one
    way more: the words of the customer weigh most in each.
    """
    alone, leaning = InContext(text), InContext(text, leaned_on(text, history, thesaurus))
    put = (InContext(text, rewritten),) if rewritten and rewritten != text else ()
    if not leaning.earlier:
        return (alone, *put)
    return (leaning, *put) if points_back(text) else (alone, leaning, *put)


def leaned_on(text: str, history: Sequence[str], thesaurus: Thesaurus) -> str:
    """The earlier question that ``text`` may lean on; empty where none names a thing."""
    if not history:
        return ""
    named = _named(text, thesaurus)
    start = next((i for i in range(len(history) - 1, -1, -1) if not leans(history[i])), 0)
    recent = [_named(turn, thesaurus) for turn in history[start:]]
    older = [turn for turn in history[:start] if named & _named(turn, thesaurus)]
    if older and not any(named & own for own in recent):
        return older[-1]
    return history[start] if recent[0] else ""


def gone_on(earlier: str, history: Sequence[str]) -> tuple[str, ...]:
    """The turns of ``history`` right after ``earlier`` that lean on it, oldest first; none where it is no turn."""
    if earlier not in history:
        return ()
    after = len(history) - history[::-1].index(earlier)
    return tuple(takewhile(leans, history[after:]))


def leans(text: str) -> bool:
    """Whether a question goes on, points back, or says too little by itself."""
    return points_back(text) or _length(text) < FEW_TERMS


def points_back(text: str) -> bool:
    """Whether its words say that it goes on from what was said before."""
    length = _length(text)
    return (
        BEGINS.search(text) is not None
        or (length < SOME_TERMS and POINTS.search(text) is not None)
        or (length < FEW_TERMS and GOES_ON.search(text) is not None)
    )


def _length(text: str) -> int:
    return sum(not is_character(term) for term in terms(text))


def _named(text: str, thesaurus: Thesaurus) -> frozenset[int]:
    return frozenset(filter(thesaurus.is_trade, thesaurus.named(text)))
