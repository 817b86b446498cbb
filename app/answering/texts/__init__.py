"""The fixed words around an answer, one file a language. Every file holds the same keys (a test holds them to it)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from app.answering.types import Sentence
from guardrails.disclosure import day_in_words
from knowledge_bases.schema import Language


@cache
def texts(language: Language) -> dict[str, str]:
    """Key -> text of one language."""
    raw = (files(__name__) / f"{language.value}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, str] = yaml.safe_load(raw)
    return loaded


def source_line(sentence: Sentence, language: Language) -> str:
    """Where a sentence was taken from, as a customer reads it: title, page or heading, and the as-at date."""
    words, first = texts(language), sentence.citations[0]
    if first.page is not None:
        line = words["source"].format(title=sentence.title, page=first.page)
    elif first.heading:
        line = words["source_unpaged"].format(title=sentence.title, heading=first.heading)
    else:
        line = words["source_plain"].format(title=sentence.title)
    if sentence.as_at is None:
        return line
    return f"{line} ({words['as_at'].format(date=day_in_words(sentence.as_at, language))})"
