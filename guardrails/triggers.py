"""How words owe a statement: concepts (named expressions of the lexicon) and triggers made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from guardrails.patterns import Patterns
from knowledge_bases.schema import Institution, Sector

_SENTENCE_END = re.compile(r"[。！？；!?;\n]+|\.\s+")


@dataclass(frozen=True, eq=False)
class Concept:
    """One thing and the words for it: ``expressions`` by "en" and "zh" (either script, Cantonese, Mainland words).

    ``but`` are expressions that only look like it: they are taken out of a text before it is looked for ("safe deposit
    box" is no deposit). ``of``: concepts that are kinds of this one.
    """

    name: str
    expressions: Mapping[str, tuple[str, ...]]
    but: tuple[str, ...] = ()
    of: tuple[Concept, ...] = ()

    @cached_property
    def patterns(self) -> Patterns:
        """All languages together: customers mix them in one sentence."""
        return Patterns(*(e for alternatives in self.expressions.values() for e in alternatives))

    @cached_property
    def exceptions(self) -> Patterns:
        """What is no instance of the concept."""
        return Patterns(*self.but)

    def stands_in(self, text: str) -> bool:
        """Whether the normalised ``text`` names it itself; its kinds are not looked at."""
        if not self.expressions or text not in self.patterns:
            return False
        return not self.but or _without(text, self.exceptions) in self.patterns


class Reading:
    """A normalised text in the ways it may be meant (typing errors mended); remembers what it was asked.

    ``asked``: a customer's own words, not a document's or an answer's.
    """

    def __init__(self, *texts: str, asked: bool = True) -> None:
        self.asked = asked
        self._texts = texts
        self._says: dict[Concept, bool] = {}

    def says(self, concept: Concept) -> bool:
        """Whether the text names the concept or one of its kinds."""
        known = self._says.get(concept)
        if known is None:
            known = any(concept.stands_in(text) for text in self._texts) or any(map(self.says, concept.of))
            self._says[concept] = known
        return known


class Hears(StrEnum):
    """Whose words a trigger listens to, where not to everybody's."""

    QUESTION = "question"


@dataclass(frozen=True, eq=False)
class Trigger:
    """Owes a statement where a text says one concept of each of ``groups`` and none of ``unless``.

    Where they are not empty, it counts only beside one of the tags ``within``, only at an institution that holds the
    ``licences``, and only at one in no sector beside ``only_in``: at a pension trustee, "the fund" is a pension fund.
    With ``hears``, only the customer's words count: what somebody asks about, a document mentions in passing.
    """

    groups: tuple[tuple[Concept, ...], ...]
    unless: tuple[Concept, ...] = ()
    within: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()
    only_in: frozenset[Sector] = frozenset()
    hears: Hears | None = None

    def fires(self, reading: Reading, tags: frozenset[str], institution: Institution) -> bool:
        """Whether the text, in an answer of ``institution`` tagged ``tags``, owes the statement."""
        if (self.within and not self.within & tags) or (self.hears and not reading.asked):
            return False
        if not self.licences <= institution.licences or (self.only_in and not set(institution.sectors) <= self.only_in):
            return False
        said = all(any(map(reading.says, group)) for group in self.groups)
        return said and not any(map(reading.says, self.unless))


def _without(text: str, patterns: Patterns) -> str:
    """``text`` with what matches ``patterns`` blanked out."""
    kept, position = [], 0
    for start, end in (match.span() for match in patterns.compiled.finditer(text)):
        kept.append(text[position:start])
        position = end
    return " ".join([*kept, text[position:]])


def sentences(text: str) -> Iterator[str]:
    """The sentences of a document's words: concepts of different ones are not taken together."""
    return (part for part in _SENTENCE_END.split(text) if part.strip())
