"""The rulebook's words: every named concept, and how a text is read with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from guardrails.normalise import normalise
from guardrails.spelling import Spelling
from guardrails.triggers import Concept, Reading, sentences

REMEMBERED = 512  # questions and sentences: they come again, in the check of what was settled and elsewhere


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All concepts by name. Texts are read as they stand and, where a word is misspelt, as it was meant."""

    concepts: Mapping[str, Concept]
    spelling: Spelling

    def read(self, text: str) -> Reading:
        """What a customer wrote, as one thought."""
        return self._remembered(normalise(text).text, asked=True)

    def read_sentences(self, text: str) -> Iterator[Reading]:
        """What a document or an answer says, sentence by sentence."""
        return (self._remembered(normalise(sentence).text, asked=False) for sentence in sentences(text))

    @cached_property
    def _remembered(self) -> Callable[..., Reading]:
        return lru_cache(maxsize=REMEMBERED)(self._reading)

    def _reading(self, text: str, *, asked: bool) -> Reading:
        mended = self.spelling.mend(text)
        return Reading(text, asked=asked) if mended == text else Reading(text, mended, asked=asked)
