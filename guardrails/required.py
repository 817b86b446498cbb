"""What a text must hold for an expression to match at all: a few literals, one of which every match contains.

To look for a few dozen literals costs a fraction of a search by an engine of expressions, and does not hand over the
interpreter, which another thread may keep for a while. Where nothing can be told of an expression, nothing is
required. Literals are compared in folded case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import regex

MOST_SPELLINGS = 24  # of one run of characters, after which it is parted
NOTHING = frozenset({""})
_WORD = regex.compile(r"[a-z0-9 \u4e00-\u9fff]{2,}(?![?*+{])")
_DIGITS = frozenset("0123456789")
_TOKEN = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", regex.DOTALL)
_REPEATED = regex.compile(r"\{(\d+)(?:,\d*)?\}")
_REPEATS = frozenset("?*+{")
_MANY = frozenset({".", "\\s", "\\w", "\\S", "\\W", "\\D"})
_NO_WIDTH = frozenset({"\\b", "\\B", "\\A", "\\z", "^", "$"})
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
_OPENS = regex.compile(r"\(\?P?<[A-Za-z_]\w*>|\(\?:|\((?!\?)")

Spellings = frozenset[str]


@dataclass(frozen=True)
class _Piece:
    """``exact``: all that it can be, ``needed``: it holds one of these. None: too much to say."""

    exact: Spellings | None = None
    needed: Spellings | None = None


class _Unreadable(Exception):
    """Something is written in a way that this module does not know."""


@dataclass(frozen=True)
class Required:
    """``literals``, one of which every match contains, those in ASCII apart. None: nothing is known of them."""

    literals: tuple[str, ...] | None
    in_ascii: tuple[str, ...] = ()

    @classmethod
    def of(cls, alternatives: Iterable[str]) -> Required:
        """What a match of one of ``alternatives`` requires."""
        found = _united(map(_needed, alternatives))
        if found is None:
            return cls(None)
        least: list[str] = []
        for one in sorted(found, key=lambda one: (len(one), one)):
            if not any(map(one.__contains__, least)):  # else whatever holds this one holds that one
                least.append(one)
        return cls(tuple(least), tuple(one for one in least if one.isascii()))

    def may_match(self, text: str) -> bool:
        """False where nothing can match in ``text``."""
        if self.literals is None:
            return True
        words = _folded(text)
        return any(map(words.__contains__, self.in_ascii if words.isascii() else self.literals))


@lru_cache(maxsize=32)
def _folded(text: str) -> str:
    """``text`` in folded case, character by character: a literal in it stays in one piece."""
    return text.casefold()


def _needed(alternative: str) -> Spellings | None:
    try:
        return _Reader(alternative).whole().needed
    except _Unreadable:
        return None


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, expression: str) -> None:
        self._text, self._at = expression, 0

    def whole(self) -> _Piece:
        """What all of the expression is.

        Raises:
            _Unreadable: it can't be told.
        """
        piece = self._alternation()
        if self._at < len(self._text):
            raise _Unreadable
        return piece

    def _alternation(self) -> _Piece:
        branches = [self._sequence()]
        while self._takes("|"):
            branches.append(self._sequence())
        exact = _united(branch.exact for branch in branches)
        return _Piece(exact if exact and len(exact) <= MOST_SPELLINGS else None, _united(b.needed for b in branches))

    def _sequence(self) -> _Piece:
        run, best, is_exact = NOTHING, None, True
        for piece, least, is_once in self._atoms():
            options = piece.exact if piece.exact and least else piece.exact and piece.exact | NOTHING
            if options and is_once and len(run) * len(options) <= MOST_SPELLINGS:
                run = frozenset("".join(pair) for pair in product(run, options))
                continue
            is_exact, best = False, _better(_better(best, run), piece.needed if least else None)
            run = options if options and is_once else NOTHING
        return _Piece(run if is_exact else None, _better(best, run))

    def _atoms(self) -> Iterator[tuple[_Piece, int, bool]]:
        """Each piece in turn, how often it stands there at least, and whether it stands there once at most."""
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            piece = self._atom()
            if piece is not None:
                yield piece, *self._repeats()

    def _atom(self) -> _Piece | None:
        """The next piece; None where it has no width."""
        if self._text[self._at] == "(":
            return self._group()
        written = self._word() or self._written()
        if written in _NO_WIDTH:
            return None
        members = frozenset({written}) if len(written) > 1 and written[0] not in "\\[" else _members(written)
        return _Piece(members, members)

    def _group(self) -> _Piece | None:
        looks = self._text.startswith(_LOOKS, self._at)
        opening = _OPENS.match(self._text, self._at)
        if looks:
            self._at += len("(?<=") if self._text.startswith("(?<", self._at) else len("(?=")
        elif opening:
            self._at = opening.end()
        else:
            raise _Unreadable
        piece = self._alternation()
        if not self._takes(")"):
            raise _Unreadable
        return None if looks else piece

    def _repeats(self) -> tuple[int, bool]:
        """How often the piece just read stands there at least, and whether once at most."""
        least, once = 1, True
        repeated = _REPEATED.match(self._text, self._at)
        if self._takes("?"):
            least = 0
        elif self._takes("*"):
            least, once = 0, False
        elif self._takes("+"):
            once = False
        elif repeated:
            self._at, least, once = repeated.end(), int(repeated[1]), False
        elif self._text.startswith("{", self._at):
            raise _Unreadable
        self._takes("?")  # as few as can be
        return least, once

    def _word(self) -> str:
        """The plain characters that come next, if they are several and none of them is repeated."""
        match = _WORD.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return "" if match is None else str(match[0])

    def _written(self) -> str:
        """The next escape, class or character."""
        began, match = self._at, _TOKEN.match(self._text, self._at)
        assert match is not None  # noqa: S101 -- one character at the least
        self._at = match.end()
        return self._text[began : self._at]

    def _takes(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken


def _members(written: str) -> Spellings | None:
    """The characters that an escape, a class or a character stands for, in folded case; None where these are many.

    Raises:
        _Unreadable: there is more to it than that.
    """
    if written in _MANY:
        return None
    if written in _REPEATS:  # of something without width
        raise _Unreadable
    if written.startswith("["):
        return _of_class(written[1:-1])
    if not written.startswith("\\"):
        return _plain(written)
    if written == "\\d":
        return _DIGITS
    if written[1:].isalnum():
        raise _Unreadable
    return _plain(written[1:])


def _of_class(inside: str) -> Spellings | None:
    if "[" in inside:
        raise _Unreadable
    tokens = [match[0] for match in _TOKEN.finditer(inside)]
    if not tokens or tokens[0] in {"^", "]"} or "-" in tokens[1:-1]:
        return _DIGITS if inside == "0-9" else None
    return _united(_members(token) if token.startswith("\\") else _plain(token) for token in tokens)


def _plain(character: str) -> Spellings | None:
    """A character that has no case, or is ASCII: others fold in more ways than one."""
    if not character.isascii() and not character == character.casefold() == character.upper():
        return None
    return frozenset({character.casefold()})


def _united(sets: Iterable[Spellings | None]) -> Spellings | None:
    found: set[str] = set()
    for each in sets:
        if each is None:
            return None
        found |= each
    return frozenset(found)


def _better(one: Spellings | None, other: Spellings | None) -> Spellings | None:
    """What more texts lack: longer literals, fewer of them."""
    both = [each for each in (one, other) if each and "" not in each]
    return min(both, key=lambda each: (-min(len(literal.encode()) for literal in each), len(each)), default=None)
