"""Regular expressions over normalised text, written in either Chinese script."""

from __future__ import annotations

import re
from functools import cached_property

from guardrails.normalise import NormalText, fold
from knowledge_bases.schema import Span


class Patterns:
    """Alternatives that mean the same thing. ``\\b`` and ``\\d`` are ASCII, so a word may touch Chinese characters.

    Quantifiers over a wildcard must be bounded: a message is matched in time linear in its length.
    """

    def __init__(self, *alternatives: str) -> None:
        self._alternatives = alternatives

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """One expression; matches nothing when there is no alternative."""
        joined = "|".join(f"(?:{alternative})" for alternative in self._alternatives)
        return re.compile(fold(joined) or r"(?!)", re.ASCII | re.IGNORECASE)

    def __contains__(self, text: str) -> bool:
        """Whether one alternative occurs in the normalised ``text``."""
        return self.compiled.search(text) is not None

    def marked(self, text: NormalText) -> tuple[Span, ...]:
        """Where the matches' named groups (the whole match, where it has none) stand in the original, in order."""
        return tuple(text.original(*_marked(match)) for match in self.compiled.finditer(text.text))

    def first(self, text: NormalText) -> Span | None:
        """The first match in the original, None where nothing matches."""
        match = self.compiled.search(text.text)
        return text.original(*match.span()) if match else None


def _marked(match: re.Match[str]) -> tuple[int, int]:
    named = [name for name, value in match.groupdict().items() if value]
    return match.span(named[0]) if named else match.span()
