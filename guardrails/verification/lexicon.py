"""The words of lexicon.yaml and synonyms.yaml, found in a text: the longest phrase at a place wins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from threading import local
from typing import Any

import Stemmer

from guardrails.normalise import normalise
from guardrails.verification.phrases import phrases

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|[\u3400-\u9fff]|\d+(?:[.,]\d+)*|[^\sa-z\d\u3400-\u9fff]|\n")
SHORT = 3  # letters of an English word that is not looked up by its stem
_threads = local()


@dataclass(frozen=True)
class Sense:
    """What a phrase says; it may say several things at once. ``concept`` is the same for all rewordings."""

    family: str = ""
    value: str = ""
    condition: str = ""
    negates: bool = False
    concept: str = ""
    silent: bool = False

    @property
    def name(self) -> str:
        """Of a family, the feature: both sides of + and - are one, the values of others are not."""
        return f"f:{self.family}" if self.value in ("+", "-") else f"f:{self.family}={self.value}"


@cache
def stem(word: str) -> str:
    """An English word without its ending (Snowball); other words as they are."""
    if not word[0].isascii():
        return word
    if not hasattr(_threads, "stemmer"):
        _threads.stemmer = Stemmer.Stemmer("english", 0)
    return str(_threads.stemmer.stemWord(word))


def tokens_of(phrase: str) -> tuple[str, ...]:
    """The tokens of a phrase in matching form, English ones as they stand."""
    return tuple(TOKEN.findall(normalise(phrase).text))


class Lexicon:
    """Phrases by their first token. English is looked up as it stands, then by its stems."""

    def __init__(self, senses: Mapping[tuple[str, ...], Sense]) -> None:
        self._plain = _by_first(senses)
        self._stems = _by_first({tuple(map(stem, phrase)): sense for phrase, sense in reversed(list(senses.items()))})

    def at(self, words: Sequence[str], stems: Sequence[str], index: int) -> tuple[int, Sense] | None:
        """How many tokens the longest phrase that begins here has, and its sense."""
        for phrase, sense in self._plain.get(words[index], ()):
            if tuple(words[index : index + len(phrase)]) == phrase:
                return len(phrase), sense
        if len(words[index]) > SHORT:
            for phrase, sense in self._stems.get(stems[index], ()):
                if tuple(stems[index : index + len(phrase)]) == phrase:
                    return len(phrase), sense
        return None


def _by_first(senses: Mapping[tuple[str, ...], Sense]) -> dict[str, list[tuple[tuple[str, ...], Sense]]]:
    found: dict[str, list[tuple[tuple[str, ...], Sense]]] = defaultdict(list)
    for phrase, sense in senses.items():
        found[phrase[0]].append((phrase, sense))
    for listing in found.values():
        listing.sort(key=lambda one: -len(one[0]))
    return found


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    listed = phrases("lexicon.yaml") | phrases("synonyms.yaml")
    senses: dict[tuple[str, ...], Sense] = {}
    for listing, change in _entries(listed):
        for phrase in listing:
            tokens = tokens_of(phrase)
            senses[tokens] = _merged(senses.get(tokens), change)
    return Lexicon(senses)


def _entries(listed: dict[str, Any]) -> Iterator[tuple[Iterable[str], Sense]]:
    for family, values in listed["families"].items():
        for value, listing in values.items():
            yield listing, Sense(family=family, value=value)
    for kind, listing in listed["conditions"].items():
        yield listing, Sense(condition=kind)
    for number, listing in enumerate(listed["synonyms"]):
        yield listing, Sense(concept=f"s:{number}")
    yield listed["negators"], Sense(negates=True)
    yield listed["not_negators"], Sense()
    yield listed["silent"], Sense(silent=True)


def _merged(known: Sense | None, change: Sense) -> Sense:
    """Both senses; what was said first stands."""
    if known is None:
        return change
    return replace(
        known,
        family=known.family or change.family,
        value=known.value or change.value,
        condition=known.condition or change.condition,
        negates=known.negates or change.negates,
        concept=known.concept or change.concept,
    )
