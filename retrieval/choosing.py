"""Which of some things a few words mean: by name, in either language, or by their place in the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from retrieval.expansion import Lexicon
from retrieval.tokens import is_character, is_pair, terms

_NUMBERED = re.compile(r"第[一二兩两三四\d]|\d(?:st|nd|rd|th)?")
_PLACES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bfirst\b|\b1st\b|^\W*(?:no\.?|number|option)?\s*1\W*$|第[一1]",
        r"\bsecond\b|\b2nd\b|^\W*(?:no\.?|number|option)?\s*2\W*$|第[二兩两2]",
        r"\bthird\b|\b3rd\b|^\W*(?:no\.?|number|option)?\s*3\W*$|第[三3]",
        r"\bfourth\b|\b4th\b|^\W*(?:no\.?|number|option)?\s*4\W*$|第[四4]",
    )
)
_LAST = re.compile(r"\blast\b|最[後后]|尾嗰|最尾", re.IGNORECASE)
# What may stand beside a choice and says nothing more.
_BESIDE = re.compile(
    r"\b(?:ones?|please|pls|thanks?|thank you|mean|meant|think|thats?|yes|ok(?:ay)?|oh|sorry|mine|got|own|guess|want"
    r"|asking|about|option|number|no|the|last|first|second|third|fourth)\b"
    r"|唔該|麻煩|請|请|谢谢|多謝|我|係|是|嘅|的|嗰|那|個|个|張|张|隻|只|種|种|想|問|问|講|讲|說|说|啦|呀|啊|吧|呢|咯|喎|應該|应该",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|both|any|every|each|either)\b|\b(?:not sure|don'?t know|no idea|dunno|doesn'?t matter|unsure)\b"
    r"|全部|所有|都想|都要|每一|每張|每张|兩個都|两个都|唔知|唔清楚|唔肯定|不知道|不清楚|不確定|不确定|冇所謂|无所谓|隨便|随便",
    re.IGNORECASE,
)


def chosen(text: str, names: Sequence[str], lexicon: Lexicon, asked: str = "") -> int | None:
    """The place in ``names`` of the one that ``text`` chooses and says nothing else; None where it chooses none.

    Words of ``asked``, the question that the choice is about, may be said again.
    """
    place = place_in(text, len(names))
    return called(text, names, lexicon, asked) if place is None else place


def called(text: str, names: Sequence[str], lexicon: Lexicon, asked: str = "") -> int | None:
    """The place in ``names`` of the one that ``text`` calls by name and says nothing else; as ``chosen``."""
    mine = meant(text, names, lexicon)
    if mine is None:
        return None
    known = {term for each in (*names, asked) for term in lexicon.weigh(each)}
    rest = [term for term in terms(_BESIDE.sub(" ", text)) if not is_character(term)]
    return mine if all(known.intersection(lexicon.weigh(term)) for term in rest) else None


def named(text: str, names: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether ``text`` says anything that tells one of ``names`` from another."""
    own = _told(names)
    spoken = lexicon.weigh(text).keys()
    met = [name & spoken for name in own]
    return any(met) and any(one != other for one in met for other in met)


def wants_all(text: str, asked: str) -> bool:
    """Whether ``text`` chooses all of them, or says that its customer can't, in no words but those of ``asked``."""
    rest, times = _ALL.subn(" ", text)
    return bool(times) and frozenset(terms(_BESIDE.sub(" ", rest))) <= frozenset(terms(asked))


def meant(text: str, names: Sequence[str], lexicon: Lexicon) -> int | None:
    """The name of which ``text`` says most, of those the one that says least beside; None where two do alike."""
    own, spoken = _told(names), lexicon.weigh(text).keys()
    ranks = [(len(name & spoken), -sum(not is_pair(term) for term in name - spoken)) for name in own]
    best = max(ranks, default=(0, 0))
    return ranks.index(best) if best[0] and ranks.count(best) == 1 else None


def _told(names: Iterable[str]) -> list[frozenset[str]]:
    """For each name its terms that not all of them share."""
    own = [frozenset(terms(name)) for name in names]
    shared = frozenset.intersection(*own) if own else frozenset()
    return [name - shared for name in own]


def place_in(text: str, number: int) -> int | None:
    """The place in a list of ``number`` things that ``text`` says and nothing else; None for most."""
    if terms(_BESIDE.sub(" ", _LAST.sub(" ", _NUMBERED.sub(" ", text)))):
        return None
    found = [place for place, pattern in enumerate(_PLACES[:number]) if pattern.search(text)]
    if len(found) == 1:
        return found[0]
    return number - 1 if not found and _LAST.search(text) else None
