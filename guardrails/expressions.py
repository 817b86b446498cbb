"""The engine of every pattern: linear in the length of a text, and bounded in time where it cannot be linear.

RE2 knows no lookahead, lookbehind or backreference. An alternative with one is run by a backtracking engine under a
watchdog, and only on texts in which it occurs when its assertions are left out (RE2 sees to that). Neither engine is
asked of a text that lacks what every match holds (``guardrails.required``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2
import regex

from guardrails.required import Required
from guardrails.watchdog import in_time

_MEMORY_BYTES = 64 << 20  # of one compiled expression; RE2 gives way to a slower, still linear way beyond that
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")


Bounds = tuple[int, int]
_NOWHERE = (-1, -1)


@dataclass(frozen=True)
class Match:
    """A match in ``text``: where all of it stands, and where its named groups do, None for one that took no part.

    Named groups come in the order in which they open. The methods are those of ``re.Match``.
    """

    text: str
    whole: Bounds
    named: Mapping[str, Bounds | None]

    def __getitem__(self, group: int | str) -> str:
        """The words of a group, 0 for all; empty where the group took no part."""
        start, end = self.span(group)
        return self.text[start:end] if start >= 0 else ""

    def span(self, group: int | str = 0) -> Bounds:
        """Where a group stands, (-1, -1) where it took no part."""
        return self.whole if isinstance(group, int) else self.named[group] or _NOWHERE

    def start(self) -> int:
        """Where the match starts."""
        return self.whole[0]

    def end(self) -> int:
        """Where the match ends."""
        return self.whole[1]

    def groupdict(self) -> dict[str, str]:
        """The words of each named group."""
        return {name: self[name] for name in self.named}


class Expression:
    """Alternatives, matched without regard to case; ``\\b``, ``\\d``, ``\\s`` and ``\\w`` are ASCII, ``$`` is the end.

    Nothing matches where there is no alternative. ``watched`` names the alternatives that RE2 refuses.

    Raises:
        ValueError: an alternative is no regular expression, or names a group that another one names.
    """

    def __init__(self, alternatives: Iterable[str]) -> None:
        plain = {alternative: _is_linear(alternative) for alternative in alternatives}
        self._linear = tuple(alternative for alternative, linear in plain.items() if linear)
        self.watched = tuple(alternative for alternative, linear in plain.items() if not linear)

    def compile(self) -> None:
        """Compiles everything now.

        Raises:
            ValueError: see the class.
        """
        _ = (self._finder, self._occurrence, self._backtracking, self._likely, self._linear_need, self._watched_need)

    def occurs(self, text: str) -> bool:
        """Whether an alternative matches somewhere.

        Raises:
            PatternTimeout: the watchdog stopped the search.
        """
        linear = self._occurrence if self._linear_need.may_match(text) else None
        return (linear is not None and linear.search(text) is not None) or self._watched_search(text) is not None

    def search(self, text: str) -> Match | None:
        """The leftmost match.

        Raises:
            PatternTimeout: the watchdog stopped the search.
        """
        found = (next(self._linear_matches(text), None), self._watched_search(text))
        return min((match for match in found if match), key=_leftmost, default=None)

    def finditer(self, text: str) -> Iterator[Match]:
        """The matches from left to right; of two that overlap the one that starts first, or is longer.

        Raises:
            PatternTimeout: the watchdog stopped the search.
        """
        end = 0
        for match in sorted((*self._linear_matches(text), *self._watched_matches(text)), key=_leftmost):
            if match.start() >= end:
                yield match
                end = match.end()

    def sub(self, replacement: str, text: str) -> str:
        """``text`` with each match of ``finditer`` replaced by ``replacement``, as it stands.

        Raises:
            PatternTimeout: the watchdog stopped the search.
        """
        parts, position = [], 0
        for match in self.finditer(text):
            parts += [text[position : match.start()], replacement]
            position = match.end()
        return "".join([*parts, text[position:]])

    @cached_property
    def _finder(self) -> re2._Regexp | None:
        return _linear(self._linear) if self._linear else None

    @cached_property
    def _occurrence(self) -> re2._Regexp | None:
        """Without groups, which is all that ``occurs`` needs and the faster way."""
        return _linear(self._linear, groups=False) if self._linear else None

    @cached_property
    def _backtracking(self) -> regex.Pattern[str] | None:
        if not self.watched:
            return None
        try:
            return regex.compile(_joined(self.watched), regex.ASCII | regex.IGNORECASE)
        except regex.error as error:
            raise ValueError(str(error)) from error

    @cached_property
    def _likely(self) -> re2._Regexp | None:
        """Matches wherever a watched alternative does, and more; None where RE2 refuses more than assertions."""
        without = tuple(_without_assertions(alternative) for alternative in self.watched)
        return _linear(without, groups=False) if without and all(_is_linear(one) for one in without) else None

    @cached_property
    def _linear_need(self) -> Required:
        return Required.of(self._linear)

    @cached_property
    def _watched_need(self) -> Required:
        return Required.of(self.watched)

    def _worth_a_search(self, text: str) -> bool:
        if not self._watched_need.may_match(text):
            return False
        return self._likely is None or self._likely.search(text) is not None

    def _linear_matches(self, text: str) -> Iterator[Match]:
        if self._finder is not None and self._linear_need.may_match(text):
            yield from (_match(text, self._finder, match) for match in self._finder.finditer(text))

    def _watched_search(self, text: str) -> Match | None:
        engine = self._backtracking
        if engine is None or not self._worth_a_search(text):
            return None
        found = in_time(lambda timeout_s: engine.search(text, timeout=timeout_s))
        return found and _match(text, engine, found)

    def _watched_matches(self, text: str) -> tuple[Match, ...]:
        engine = self._backtracking
        if engine is None or not self._worth_a_search(text):
            return ()
        found = in_time(lambda timeout_s: tuple(engine.finditer(text, timeout=timeout_s)))
        return tuple(_match(text, engine, match) for match in found)


def _match(text: str, expression: Any, match: Any) -> Match:
    """What either engine found, in one form."""
    names = sorted(expression.groupindex.items(), key=lambda pair: pair[1])
    spans = ((name, match.span(index)) for name, index in names)
    return Match(text, match.span(0), {name: None if span == _NOWHERE else span for name, span in spans})


def _leftmost(match: Match) -> tuple[int, int]:
    return match.start(), -match.end()


def _joined(alternatives: Sequence[str]) -> str:
    return "|".join(f"(?:{alternative})" for alternative in alternatives)


def _linear(alternatives: Sequence[str], *, groups: bool = True) -> re2._Regexp:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY_BYTES
    options.never_capture = not groups
    try:
        return re2.compile(_joined(alternatives), options)
    except re2.error as error:
        raise ValueError(str(error)) from error


def _is_linear(alternative: str) -> bool:
    try:
        _linear((alternative,), groups=False)
    except ValueError:
        return False
    return True


def _without_assertions(expression: str) -> str:
    """``expression`` with its lookaheads and lookbehinds left out: it matches wherever the whole does."""
    kept: list[str] = []
    position, depth_left_out = 0, 0
    for start, end in _tokens(expression):
        token = expression[start:end]
        if depth_left_out:
            depth_left_out += {"(": 1, ")": -1}.get(token[0], 0)
        elif expression.startswith(_LOOKS, start):
            depth_left_out = 1
        else:
            kept.append(token)
        position = end
    return "".join(kept) + expression[position:]


def _tokens(expression: str) -> Iterator[tuple[int, int]]:
    """The spans of an escape, a class in brackets, or one character."""
    for match in _TOKEN.finditer(expression):
        yield match.span()


_TOKEN = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", regex.DOTALL)
