"""Text -> index terms, the same for documents and questions in all three languages.

English words are stemmed and lose their stop words; a run of Chinese gives its characters and its neighbouring
pairs, simplified and traditional folded to one form; numbers, dates and currencies are terms in normal form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from retrieval.folding import fold
from retrieval.numbers import find_numbers

TOKENISER_VERSION = "3"  # a change of any rule here, in folding, numbers or numerals makes a new version

_STOP_WORDS = """
    a an and are as at be been being but by can could did do does for from had has have he her his how i if in into
    is it its me my of on or our she should so than that the their them then there these they this those to us was we
    were what when where which who whom why will with would you your am about any may might must shall just please
    tell ve ll re s t d m"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_IRREGULAR = """
    break broke broken; build built; buy bought; choose chose chosen; child children; day daily; deal dealt;
    draw drew drawn; drive drove driven; fall fell fallen; fly flew flown; forget forgot forgotten; freeze froze
    frozen; grow grew grown; hear heard; hide hid hidden; hold held; keep kept; know knew known; lend lent; lose
    lost; man men; mistake mistook mistaken; overdraw overdrew overdrawn; pay paid; prepay prepaid; repay
    repaid; rise rose risen; run ran; sell sold; send sent; shrink shrank; sink sank; speak spoke spoken; spend
    spent; steal stole stolen; swear swore sworn; teach taught; throw threw thrown; understand understood; win
    won; withdraw withdrew withdrawn; woman women; write wrote written"""  # not those of "make" or "take"
IRREGULAR = {form: base for base, *forms in map(str.split, _IRREGULAR.split(";")) for form in forms}
_HAN = "㐀-䶿一-鿿豈-﫿\U00020000-\U0003134f"
_WORD = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_HAN_CHARACTER = re.compile(rf"[{_HAN}]")


def terms(text: str) -> list[str]:
    """The index terms of ``text`` in reading order, repeats kept; empty for an empty text."""
    normal = normalise(text)
    found: list[str] = []
    position = 0
    for number in find_numbers(normal):
        found += _words(normal[position : number.start])
        found += number.tokens
        position = number.start if number.keeps_words else number.end
    return found + list(_words(normal[position:]))


def placed_terms(text: str) -> Iterator[tuple[int, int, str]]:
    """The index terms of ``text`` but for single Chinese characters, each with its place in ``normalise(text)``."""
    normal = normalise(text)
    position = 0
    for number in find_numbers(normal):
        yield from _placed_words(normal, position, number.start)
        yield from ((number.start, number.end, token) for token in number.tokens)
        position = number.start if number.keeps_words else number.end
    yield from _placed_words(normal, position, len(normal))


def normalise(text: str) -> str:
    """Compatibility forms resolved (full-width digits, ligatures), lower case, Chinese folded."""
    return fold(unicodedata.normalize("NFKC", text).lower())


def is_chinese(text: str) -> bool:
    """Whether ``text`` is mostly Chinese: a fifth of its letters suffices, as each Han character is a word."""
    letters = sum(character.isalpha() for character in text)
    return letters > 0 and len(_HAN_CHARACTER.findall(text)) >= letters / 5


def holds_chinese(text: str) -> bool:
    """Whether there is any Han character in ``text``."""
    return _HAN_CHARACTER.search(text) is not None


def is_pair(term: str) -> bool:
    """Whether ``term`` is a pair of Chinese characters."""
    return len(term) == 2 and bool(_HAN_CHARACTER.match(term))


def is_character(term: str) -> bool:
    """Whether ``term`` is a single Chinese character: weak evidence on its own."""
    return len(term) == 1 and bool(_HAN_CHARACTER.match(term))


def is_number(term: str) -> bool:
    """Whether ``term`` is a number, percentage or date."""
    return term[0] in "#@"


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        word = match.group()
        if _HAN_CHARACTER.match(word):
            yield from word
            yield from (word[i : i + 2] for i in range(len(word) - 1))
        elif word not in STOP_WORDS:
            yield stem(word)


def _placed_words(normal: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for match in _WORD.finditer(normal, start, end):
        word, at = match.group(), match.start()
        if _HAN_CHARACTER.match(word):
            yield from ((at + i, at + i + 2, word[i : i + 2]) for i in range(len(word) - 1))
        elif word not in STOP_WORDS:
            yield match.start(), match.end(), stem(word)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one English word in lower case, of an irregular form that of the word it belongs to."""
    # A stemmer is cheap to make and not safe to share between threads.
    return str(Stemmer.Stemmer("english", 0).stemWord(IRREGULAR.get(word, word)))
