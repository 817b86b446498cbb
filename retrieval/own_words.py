"""Whether a rewriting of a customer's last turn says only what the customer said, and skips nothing of it.

A rewriting may add what earlier turns say, and leave out nothing of the last one. It may not go back behind the latest
turn that changed what is talked about: after "and platinum?" the fee is not gold's any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.dialogue import leans
from retrieval.lexicon_files import shipped_lexicon, shipped_thesaurus
from retrieval.tokens import holds_chinese, is_character, is_number, is_pair, terms

MOST = 3  # of so many telling words of the last turn, less than one may be lost
# What any question may be put with.
SMALL = frozenset(
    terms(
        "one ones much many also same instead ok okay if what does get need cost yes no the back"
        "的是多少幾多吗嗎呢有冇沒没請请問问如果和與与及什麼甚么怎樣样如何嘅係系點点要我你可以會会不個个張张這这那我們们收咁噉呢呀啊嘛那么"
    )
)


def in_own_words(text: str, last: str, history: Sequence[str]) -> bool:
    """Whether ``text`` may stand for ``last`` after ``history``, oldest first; Chinese is compared by characters."""
    own = _words(text)
    known = SMALL.union(*(_known(turn) for turn in (last, *history)))
    return own <= known and _keeps(text, last) and _goes_on(own, last, history)


def _keeps(text: str, last: str) -> bool:
    """Whether what the last turn names of the trade, its figures, and most of what it tells are in it."""
    thesaurus = shipped_thesaurus()
    named = frozenset(filter(thesaurus.is_trade, thesaurus.named(last)))
    figures = frozenset(term for term in terms(last) if is_number(term))
    telling = _telling(last)
    translated = holds_chinese(text) != holds_chinese(last)
    kept = not telling or translated or len(telling - _known(text)) * MOST < len(telling)
    return kept and named <= thesaurus.named(text) and figures <= frozenset(terms(text))


def _goes_on(own: frozenset[str], last: str, history: Sequence[str]) -> bool:
    """Whether the latest turn that goes on from others is in it, where it takes anything from one before that turn."""
    place = next((i for i in range(len(history) - 1, 0, -1) if leans(history[i]) and _telling(history[i])), 0)
    since = SMALL.union(*(_known(turn) for turn in (*history[place:], last)))
    return place == 0 or own <= since or not own.isdisjoint(_telling(history[place]))


def _telling(turn: str) -> frozenset[str]:
    return _words(turn) - SMALL


def _known(turn: str) -> frozenset[str]:
    """The words of ``turn`` and their equals; of those in Chinese, their characters."""
    return frozenset(part for term in (*terms(turn), *shipped_lexicon().weigh(turn)) for part in (term, *_split(term)))


def _words(text: str) -> frozenset[str]:
    return frozenset(term for term in terms(text) if not is_pair(term))


def _split(term: str) -> tuple[str, ...]:
    return tuple(term) if is_pair(term) or is_character(term) else ()
