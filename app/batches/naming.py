"""Names of documents: what a file's name says, how an id says its language, how a version is labelled."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

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
_NUMBER = re.compile(r"v?\d+")
_FULL_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def base_of_name(file_name: str) -> str:
    """What a file's name says of its subject, as an id writes it; empty where it says nothing ("scan_0017.pdf").

    Language marks, years, version numbers and words like "final" are left out.
    """
    stem = file_name.rsplit(".", 1)[0]
    words = [word for word in id_from_title(stem).split("-") if word and not _NUMBER.fullmatch(word)]
    words = [word for word in words if word not in _SAYS_NOTHING]
    while len(words) > 1 and words[-1] in _LANGUAGE_WORDS:
        words.pop()
    return "-".join(words) if any(len(word) > 2 for word in words) else ""


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
