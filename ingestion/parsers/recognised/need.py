"""Which pages must be read from their picture: those whose own text is missing, or is not what a reader sees."""

from __future__ import annotations

import re

FEW = 150  # letters beside a picture of the page: a stamp, a page number
COVERED = 0.5  # of the page by one image
UNREADABLE = re.compile("[\ufeff\ufffd\ue000-\uf8ff\x00-\x01\x03-\x08\x0e-\x1f\U000f0000-\U0010fffd]")
UNREADABLE_SHARE = 0.15  # bullets are often of private use: a few of them mean nothing
LATIN = re.compile(r"[A-Za-z]{2,}")
HAN = re.compile("[\u4e00-\u9fff]")
COMMON = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "for",
        "is",
        "or",
        "be",
        "by",
        "with",
        "on",
        "as",
        "at",
        "any",
        "from",
        "not",
        "page",
        "your",
        "you",
        "we",
        "date",
    ]
)
ENOUGH_WORDS = 40
COMMON_SHARE = 0.02  # English has 0.3; a table of names, or of amounts in HK$, may have none
COMMONEST = (" the ", " of ", " and ", " to ")  # counted first: they tell plain English from all else
LEAST_LETTERS = 3  # of a word and the blank after it
LONG_WORD = 4
VOWEL = re.compile("[aeiouy]")
MUTE_SHARE = 0.1  # of the long words have no vowel: names have hardly one, letters shifted by any number every fifth
ENOUGH_HAN = 60
KNOWN_SHARE = 0.6  # of Chinese characters among the commoner ones of either script; real text has 0.95


def unreadable(text: str) -> bool:
    """Whether so much of a page's text stands for no character that the font has no usable map."""
    strange = len(UNREADABLE.findall(text))
    return strange > 0 and strange > UNREADABLE_SHARE * _drawn(text)


def doubtful(text: str) -> bool:
    """Whether a page's text looks like no language, as when a font's map is wrong: its picture can tell."""
    words = [] if _plainly_english(text) else [word.lower() for word in LATIN.findall(text)]
    if len(words) >= ENOUGH_WORDS and sum(word in COMMON for word in words) < COMMON_SHARE * len(words):
        long = [word for word in words if len(word) >= LONG_WORD]
        if sum(VOWEL.search(word) is None for word in long) > MUTE_SHARE * len(long):
            return True
    han = HAN.findall(text)
    return len(han) >= ENOUGH_HAN and sum(map(_common, han)) < KNOWN_SHARE * len(han)


def pictured(text: str, share: float) -> bool:
    """Whether a page is a picture with hardly any ``text`` of its own beside it.

    ``share`` of the page is covered by its biggest picture.
    """
    return share > COVERED and _drawn(text) <= FEW


def agree(own: str, read: str) -> bool:
    """Whether a page's own text says what its picture says: at least half of the words or characters that were read."""
    mine, seen = _pieces(own), _pieces(read)
    return not seen or len(seen & mine) >= len(seen) / 2


def _plainly_english(text: str) -> bool:
    return sum(map(text.count, COMMONEST)) >= COMMON_SHARE * (len(text) + 1) / LEAST_LETTERS


def _pieces(text: str) -> set[str]:
    return {word.lower() for word in LATIN.findall(text)} | set(HAN.findall(text))


def _common(letter: str) -> bool:
    return _within(letter, "gb2312", 0xB0A1, 0xD7FE) or _within(letter, "big5", 0xA440, 0xC67E)


def _within(letter: str, code: str, first: int, last: int) -> bool:
    return first <= int.from_bytes(letter.encode(code, errors="ignore") or b"\0", "big") <= last


def _drawn(text: str) -> int:
    return len("".join(text.split()))
