"""Names of documents: what a file's name says, how an id says its language, how a version is labelled."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from itertools import takewhile

from app.documents.upload_form import id_from_title
from knowledge_bases.schema import Language

MARKS = {Language.EN: "en", Language.ZH_HANT: "zh", Language.ZH_HANS: "zh-hans"}
_LANGUAGE_WORDS = frozenset(
    ["en", "eng", "english", "e", "zh", "chi", "chinese", "c", "tc", "sc", "hant", "hans", "cht", "chs", "cn", "hk"]
)
_SAYS_NOTHING = frozenset(
    [
        "document",
        "doc",
        "docs",
        "scan",
        "scanned",
        "file",
        "untitled",
        "upload",
        "attachment",
        "copy",
        "new",
        "final",
        "draft",
        "version",
        "ver",
        "img",
        "image",
    ]
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY_WRITTEN_TOGETHER = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-3]\d)?")
_VERSION_MARK = re.compile(r"v\d+")
_DAY_OR_MONTH = re.compile(r"[0-3]?\d")
_COPY = re.compile(r"\s*\(\d+\)$")  # as a browser names a second download
_BEFORE_A_NUMBER = frozenset(["version", "ver", "v", "draft", "final", "copy"])
_FULL_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def base_of_name(file_name: str) -> str:
    """What a file's name says of its subject, as an id writes it; empty where it says nothing ("scan_0017.pdf").

    Language marks, years, days, version numbers and words like "final" are left out. Any other number tells one
    subject from the next ("form-12", "form-13") and stays.
    """
    words = _undated(id_from_title(_COPY.sub("", stem_of(file_name))).split("-"))
    words = [word for word in words if word and word not in _SAYS_NOTHING]
    while len(words) > 1 and words[-1] in _LANGUAGE_WORDS:
        words.pop()
    return "-".join(words) if any(len(word) > 2 and not word.isdecimal() for word in words) else ""


def names_a_language(file_name: str) -> bool:
    """Whether a file's name ends in the mark of a language ("fees_EN.pdf")."""
    words = _undated(id_from_title(_COPY.sub("", stem_of(file_name))).split("-"))
    return len(words) > 1 and words[-1] in _LANGUAGE_WORDS


def stem_of(file_name: str) -> str:
    """A file's name without its ending."""
    return file_name.rsplit(".", 1)[0]


def _undated(words: Sequence[str]) -> list[str]:
    """The words without days and version marks: a year takes the day and month beside it along."""
    marks = {place for place, word in enumerate(words) if _DAY_WRITTEN_TOGETHER.fullmatch(word)}
    for place, word in enumerate(words):
        if _YEAR.fullmatch(word):
            marks |= {place, *(_day_and_month(words, place, 1) or _day_and_month(words, place, -1))}
        elif _VERSION_MARK.fullmatch(word) or (word in _BEFORE_A_NUMBER and place):
            marks |= {place, *_numbers_after(words, place)}
    return [word for place, word in enumerate(words) if place not in marks]


def _day_and_month(words: Sequence[str], year: int, step: int) -> list[int]:
    """The places, at most two, of the numbers beside a year that may be its month and day."""
    beside = [place for place in (year + step, year + 2 * step) if 0 <= place < len(words)]
    return list(takewhile(lambda place: _DAY_OR_MONTH.fullmatch(words[place]), beside))


def _numbers_after(words: Sequence[str], mark: int) -> list[int]:
    return list(takewhile(lambda place: words[place].isdecimal(), range(mark + 1, len(words))))


def base_of_id(document: str) -> str:
    """An id without the mark of its language."""
    return next(
        (document.removesuffix(f"-{mark}") for mark in _longest(MARKS) if document.endswith(f"-{mark}")), document
    )


def with_mark(base: str, language: Language) -> str:
    """The id of a subject in a language; empty for an empty base."""
    return f"{base}-{MARKS[language]}" if base else ""


def label_of(day: date, taken: Collection[str], like: str | None) -> str:
    """A version's label: its month, or its day where ``like`` is labelled so or the month is ``taken``."""
    month = f"{day:%Y-%m}"
    candidates = [day.isoformat(), f"{day.isoformat()}-2"]
    if not (like and _FULL_DAY.fullmatch(like)):
        candidates.insert(0, month)
    return next((label for label in candidates if label not in taken), f"{day.isoformat()}-{len(taken) + 1}")


def _longest(marks: dict[Language, str]) -> list[str]:
    return sorted(marks.values(), key=len, reverse=True)
