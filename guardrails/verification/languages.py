"""Whether a text is in a language that can be checked: English or Chinese, mixed as Hong Kong mixes them."""

from __future__ import annotations

import re
import unicodedata

_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
        "a",
        "for",
        "on",
        "are",
        "be",
        "by",
        "with",
        "at",
        "from",
        "or",
        "an",
        "as",
        "it",
        "if",
        "not",
        "this",
        "that",
        "may",
        "can",
        "will",
        "must",
        "you",
        "your",
        "any",
        "all",
        "no",
        "only",
        "per",
        "after",
        "before",
        "within",
        "up",
        "than",
        "has",
        "have",
        "was",
        "were",
        "do",
        "does",
        "we",
        "our",
        "which",
        "each",
        "other",
        "when",
    ]
)
_FOREIGN = frozenset(
    [
        "le",
        "la",
        "les",
        "des",
        "du",
        "une",
        "est",
        "et",
        "dans",
        "pour",
        "que",
        "sur",
        "avec",
        "par",
        "vous",
        "votre",
        "sont",
        "pas",
        "der",
        "die",
        "das",
        "und",
        "ist",
        "nicht",
        "mit",
        "von",
        "ein",
        "eine",
        "für",
        "auf",
        "el",
        "los",
        "las",
        "del",
        "y",
        "es",
        "una",
        "con",
        "para",
        "por",
        "su",
        "no",
        "se",
        "il",
        "di",
        "che",
        "non",
        "per",
        "della",
        "ang",
        "ng",
        "mga",
        "sa",
        "ay",
        "na",
        "yang",
        "dan",
        "ini",
        "untuk",
        "dengan",
        "tidak",
        "anda",
        "di",
        "ke",
        "pada",
        "adalah",
        "của",
        "và",
        "là",
        "cho",
        "không",
        "được",
        "các",
        "một",
        "o",
        "os",
        "um",
        "uma",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
FEWEST = 4  # words; fewer, in Latin letters, may be a name


def checkable(text: str) -> bool:
    """Whether ``text`` is in English, Chinese or both; a text without letters is."""
    foreign = latin = han = 0
    for character in text:
        if character.isascii():
            latin += character.isalpha()
        elif character.isalpha():
            han += "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"
            foreign += not _known(character)
    if foreign > 0.1 * (latin + han + foreign):
        return False
    return han * 3 >= latin or _reads_english(text)


def _known(character: str) -> bool:
    name = unicodedata.name(character, "")
    return name.startswith(("CJK", "LATIN", "FULLWIDTH LATIN", "MATHEMATICAL", "MICRO", "FEMININE", "MASCULINE"))


def _reads_english(text: str) -> bool:
    words = [word.lower() for word in _WORD.findall(text)]
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN and word not in _ENGLISH for word in words)
    return len(words) < FEWEST or foreign < 2 or english >= foreign


def shared(text: str, evidence: str) -> bool:
    """Whether both are in Chinese or both in English; what has no words agrees with either."""
    return (
        _chinese(text) is None or _chinese(evidence) is None or _chinese(text) == _chinese(evidence) or _mixed(evidence)
    )


def _chinese(text: str) -> bool | None:
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    words = len(_WORD.findall(text)) if han == 0 else sum(word.isascii() for word in _WORD.findall(text))
    if not han and words < FEWEST:
        return None
    return han >= words


def _mixed(text: str) -> bool:
    """Whether it has words of both."""
    return (
        any("\u3400" <= c <= "\u9fff" for c in text) and sum(word.isascii() for word in _WORD.findall(text)) >= FEWEST
    )
