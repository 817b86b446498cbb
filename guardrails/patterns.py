"""Regular expressions over normalised text, written in either Chinese script."""

from __future__ import annotations

from functools import cached_property

from guardrails.expressions import Expression, Match
from guardrails.normalise import NormalText, fold
from knowledge_bases.schema import Span


class Patterns:
    """Alternatives that mean the same thing. ``\\b`` and ``\\d`` are ASCII, so a word may touch Chinese characters.

    They run in linear time, but for those with a lookahead, lookbehind or backreference: these are watched, and one
    that takes too long raises PatternTimeout (``guardrails.expressions``). Write new ones without.
    """

    def __init__(self, *alternatives: str) -> None:
        self.alternatives = alternatives

    @cached_property
    def compiled(self) -> Expression:
        """One expression; matches nothing when there is no alternative."""
        return Expression(fold(alternative) for alternative in self.alternatives)

    def __contains__(self, text: str) -> bool:
        """Whether one alternative occurs in the normalised ``text``."""
        return self.compiled.occurs(text)

    def marked(self, text: NormalText) -> tuple[Span, ...]:
        """Where the matches' named groups (the whole match, where it has none) stand in the original, in order."""
        return tuple(text.original(*_marked(match)) for match in self.compiled.finditer(text.text))

    def first(self, text: NormalText) -> Span | None:
        """The first match in the original, None where nothing matches."""
        match = self.compiled.search(text.text)
        return text.original(*match.span()) if match else None


def _marked(match: Match) -> tuple[int, int]:
    named = [name for name, value in match.groupdict().items() if value]
    return match.span(named[0]) if named else match.span()
