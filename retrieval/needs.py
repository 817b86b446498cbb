"""What a question asks for: the things it names, each by how much it tells, and the kind of answer it wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from retrieval.concepts import Mention, Thesaurus
from retrieval.tokens import is_character, is_chinese, is_number, normalise, terms

HIGHEST_RARITY = 6.0  # a word no document has tells no more than a rare one
UNKNOWN_SHARE = 0.5  # of its rarity: a word the thesaurus does not know is as often beside the point


class Wanted(StrEnum):
    """Kinds of answers a question may want, and of what a quote may hold."""

    MONEY = "money"
    PERCENT = "percent"
    PERIOD = "period"
    AGE = "age"
    COUNT = "count"
    CONTACT = "contact"


ASKED = {
    Wanted.MONEY: r"how much|cost|price|charge|fees?\b|pay for|what.*amount|幾錢|几钱|多少錢|多少钱|幾多錢"
    r"|收費|收费|費用|费用|收幾多|收多少|罰幾多|賠幾多|賠多少|赔多少|最多賠",
    Wanted.PERCENT: r"\brate\b|percent|interest|apr|yield|幾厘|几厘|利率|利息|息率|百分|回報|收益率",
    Wanted.PERIOD: r"how (?:long|soon|fast)|how many (?:days|weeks|months|years)|within|deadline|by when|when\b|notice"
    r"|幾耐|多久|多長|多长|[幾几]多?[日天]|多少[日天]|[幾几]多?[個个]月|多少[個个]月|期限|幾時|几时|什么时候|何時",
    Wanted.AGE: r"how old|\bage\b|幾多歲|多少歲|几岁|多大|年齡|年龄|歲",
    Wanted.COUNT: r"how (?:many|often)|幾次|几次|多少次|幾多|多少个",
    Wanted.CONTACT: r"\bwhere\b|which address|contact|phone|number to|call\b|邊度|哪里|哪裡|電話|电话|聯絡|联系|熱線",
}
SAID = {
    Wanted.MONEY: r"hk\$|us\$|\$|hkd|usd|rmb|港元|元|蚊|港币|美元|人民币",
    Wanted.PERCENT: r"%|percent|per cent|厘|百分",
    Wanted.PERIOD: r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|working|business)\b"
    r"|(?<!月\d)(?<!月\d\d)日|天|個月|个月|年|星期|小時|小时|分鐘|分钟",
    Wanted.AGE: r"\bage[ds]?\b|\bold\b|歲|岁|年齡|年龄",
    Wanted.COUNT: r"\d|[一二兩三四]|three|four|five|one|two",
    Wanted.CONTACT: r"\+852|\d{4} ?\d{4}|@|www|branch|hotline|分行|熱線|热线|電話|电话|address|地址",
}
_ASKED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in ASKED.items()}
_SAID = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in SAID.items()}


@dataclass(frozen=True)
class Need:
    """One thing a question names: ``concepts`` it may mean, its own ``terms``, and how much it tells (> 0).

    ``known`` is True where the thesaurus has it, ``trade`` where a trade's list has.
    """

    concepts: frozenset[int]
    terms: frozenset[str]
    weight: float
    known: bool = True
    trade: bool = False

    @cached_property
    def is_number(self) -> bool:
        """Whether it is a figure or date of the customer's own."""
        return any(is_number(term) for term in self.terms)

    def met(self, concepts: frozenset[int], words: frozenset[str]) -> bool:
        """Whether a text of these concepts and terms speaks of it."""
        return not self.concepts.isdisjoint(concepts) or (bool(self.terms) and self.terms <= words)


@dataclass(frozen=True)
class Rarity:
    """How rare things are in the documents that are searched, >= 0."""

    of_concept: Callable[[int], float]
    of_term: Callable[[str], float]


def wanted(question: str) -> frozenset[Wanted]:
    """The kinds of answer ``question`` may want; often none."""
    return frozenset(kind for kind, pattern in _ASKED.items() if pattern.search(question))


def said(words: str) -> frozenset[Wanted]:
    """The kinds of answer that ``words`` hold."""
    return frozenset(kind for kind, pattern in _SAID.items() if pattern.search(words))


def needs(question: str, thesaurus: Thesaurus, rarity: Rarity) -> tuple[Need, ...]:
    """What ``question`` names: known things in their order, then every other word; () for an empty question."""
    normal = normalise(question)
    mentions = thesaurus.outermost(question)
    known = [_known(mention, normal, thesaurus, rarity) for mention in mentions]
    return (*known, *_unknown(_without(normal, mentions), rarity))


def _known(mention: Mention, normal: str, thesaurus: Thesaurus, rarity: Rarity) -> Need:
    parts = _parts(normal[mention.start : mention.end], thesaurus)
    found = [term for part in parts for term in terms(part)]
    words = [term for term in found if not is_character(term)] or found
    return Need(
        concepts=mention.concepts,
        terms=frozenset(words),
        weight=min(HIGHEST_RARITY, *(rarity.of_concept(concept) for concept in mention.concepts)),
        trade=any(map(thesaurus.is_trade, mention.concepts)),
    )


def _parts(name: str, thesaurus: Thesaurus) -> tuple[str, ...]:
    """The shorter names side by side that make up a Chinese one ("豁免", "年費"); itself where none do.

    Documents say them apart, the fee over a table and that it is waived in a note: the pair across the two is no word.
    """
    if not is_chinese(name):
        return (name,)
    every = [part for part in thesaurus.mentions(name) if part.end - part.start < len(name)]
    ends = {part.start: part.end for part in sorted(every, key=lambda part: part.end)}  # the longest of each place
    places = [0]
    while places[-1] in ends:
        places.append(ends[places[-1]])
    return tuple(name[start:end] for start, end in pairwise(places)) if places[-1] == len(name) else (name,)


def _unknown(rest: str, rarity: Rarity) -> Iterator[Need]:
    for term in dict.fromkeys(terms(rest)):
        if not is_character(term):
            share = 1.0 if is_number(term) else UNKNOWN_SHARE
            weight = min(HIGHEST_RARITY, rarity.of_term(term)) * share
            yield Need(frozenset(), frozenset([term]), weight, known=False)


def _without(normal: str, mentions: tuple[Mention, ...]) -> str:
    covered = {place for mention in mentions for place in range(mention.start, mention.end)}
    return "".join(" " if place in covered else character for place, character in enumerate(normal))
