"""What a module of this folder declares to be a parser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from knowledge_bases.parsed import ParsedDocument


class Match(IntEnum):
    """How sure a format is, from the content alone, that a file is its own."""

    NO = 0
    POSSIBLE = 1  # some text that could be this format: the file's extension breaks the tie
    CERTAIN = 2


def unheard(done: int, total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Recognition:
    """How far pages may be read from their pictures. ``report(done, total)`` is called before each page and at the end.

    ``pages``: the most of one file; ``seconds``: after so many no further page is begun.
    """

    pages: int = 300
    seconds: float = 1800.0
    report: Callable[[int, int], None] = unheard


@dataclass(frozen=True)
class Source:
    """A file's bytes and the name its uploader knows it by."""

    name: str
    raw: bytes
    recognition: Recognition = Recognition()


@dataclass(frozen=True)
class Format:
    """A parser. ``version`` goes up with every change that can change a parse; ``extensions`` are like ``.pdf``."""

    name: str
    version: int
    extensions: frozenset[str]
    match: Callable[[bytes], Match]
    parse: Callable[[Source], ParsedDocument]
