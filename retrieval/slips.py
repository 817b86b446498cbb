"""What was typed by mistake, and what a text is read as instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Slip:
    """A word as it was typed, and as it was read."""

    written: str
    read: str


@dataclass(frozen=True)
class Spelt:
    """A text as it is read, and what of it was typed otherwise, in its order."""

    text: str
    slips: tuple[Slip, ...] = ()


class Terms(Protocol):
    """The index terms of an institution's documents, as ``retrieval.lexical.Bm25Index`` has them."""

    def holds(self, term: str) -> bool: ...

    def idf(self, term: str) -> float: ...
