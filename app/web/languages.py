"""Which language a page speaks: the one asked for, else the browser's, else the institution's first."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_bases.schema import Language

SHORT_NAMES = {Language.EN: "EN", Language.ZH_HANT: "繁", Language.ZH_HANS: "简"}
FULL_NAMES = {Language.EN: "English", Language.ZH_HANT: "繁體中文", Language.ZH_HANS: "简体中文"}

_SIMPLIFIED_REGIONS = ("zh-cn", "zh-sg", "zh-hans")


def choose_language(asked: str | None, accept_language: str, offered: Sequence[Language]) -> Language:
    """A language of ``offered`` (not empty, in order of preference)."""
    wanted = [asked] if asked else []
    wanted += [part.split(";")[0].strip() for part in accept_language.split(",")]
    for tag in wanted:
        language = _language_of(tag)
        if language is not None and language in offered:
            return language
    return offered[0]


def _language_of(tag: str) -> Language | None:
    tag = tag.lower()
    if tag.startswith("en"):
        return Language.EN
    if tag.startswith("zh"):
        return Language.ZH_HANS if tag.startswith(_SIMPLIFIED_REGIONS) else Language.ZH_HANT
    return None
