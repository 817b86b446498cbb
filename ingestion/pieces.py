"""What becomes one chunk, and how a piece that is too long is parted into several.

A piece is parted between its sentences or rows; where one of these alone is too long, within it, and then each part
carries the whole of it to be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.sentences import sentences
from ingestion.units import OPENS_LIST
from knowledge_bases.parsed import Block, BlockKind
from knowledge_bases.schema import Span, Unit, UnitKind

BREAKS = (re.compile(r"\n"), re.compile(r"[;；:：。！？]|\. |\| "), re.compile(r"[,，、]"), re.compile(r"\s"))


@dataclass(frozen=True)
class Piece:
    """``span`` of neighbouring ``blocks`` with the ``units`` that may be quoted from it.

    ``repeated`` are those of the units that do not lie within ``span``. ``lead`` is the words that open the list in
    whose middle the piece starts.
    """

    span: Span
    blocks: tuple[Block, ...]
    units: tuple[Unit, ...]
    repeated: tuple[Unit, ...] = ()
    lead: str = ""

    @property
    def block(self) -> Block:
        """The block that the piece starts in."""
        return next(block for block in reversed(self.blocks) if block.span.start <= self.span.start)


Fits = Callable[[Piece], bool]


@dataclass(frozen=True)
class Parting:
    """Parts pieces of ``text`` that do not fit ``whole``: into parts that fit ``part``, and always ``reader``.

    ``whole`` and ``part`` bound the length where there is a place to part; ``reader`` says whether the words can be
    read at one time, and holds even where a sentence must be cut for it.
    """

    text: str
    whole: Fits
    part: Fits
    reader: Fits

    def parts(self, piece: Piece) -> Iterator[Piece]:
        """The piece itself where it fits, else its parts in order; they do not overlap."""
        if self.whole(piece) and self.reader(piece):
            yield piece
            return
        places = _places(piece)
        first = 0
        for after in range(1, len(places) + 1):
            if after < len(places) and self._fits(self._between(piece, places, first, after + 1)):
                continue
            yield from self._read(self._between(piece, places, first, after))
            first = after

    def _fits(self, piece: Piece) -> bool:
        return self.part(piece) and self.reader(piece)

    def _between(self, piece: Piece, places: Sequence[Span], first: int, after: int) -> Piece:
        """The part from one place up to another; what explains the whole piece is repeated in it."""
        if piece.blocks[0].table is not None:
            return self._part(piece, Span(places[first].start, places[after - 1].end))
        start = piece.span.start if first == 0 else places[first].start
        return self._part(piece, Span(start, piece.span.end if after == len(places) else places[after].start))

    def _read(self, piece: Piece) -> Iterator[Piece]:
        """The piece, or stretches of its text where its words cannot be read at one time."""
        start, end = piece.span.start, piece.span.end
        if self.reader(piece):
            yield piece
            return
        while start < end:
            after = self._reach(piece, start)
            yield self._part(piece, Span(start, after))
            start = after + len(self.text[after:end]) - len(self.text[after:end].lstrip())

    def _reach(self, piece: Piece, start: int) -> int:
        """How far the words from ``start`` on can be read at one time, back to a fair place to stop; at least one."""
        low, high = start + 1, piece.span.end
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.reader(self._part(piece, Span(start, middle))) else (low, middle - 1)
        return low if low == piece.span.end else _fair_stop(self.text, start, low)

    def _part(self, piece: Piece, span: Span) -> Piece:
        trimmed = Span(span.start, span.start + max(1, len(span.slice(self.text).rstrip())))
        units = tuple(unit for unit in piece.units if unit.span.overlaps(trimmed) or _explains(unit))
        repeated = tuple(unit for unit in units if not unit.span.within(trimmed))
        return replace(piece, span=trimmed, units=units, repeated=repeated, lead=self._lead(piece, trimmed.start))

    def _lead(self, piece: Piece, start: int) -> str:
        """The sentence that opens the list in whose middle ``start`` lies, empty where there is none."""
        before = [block for block in piece.blocks if block.span.start <= start]
        if not before or before[-1].kind is not BlockKind.LIST_ITEM:
            return piece.lead
        for block in reversed(before[:-1]):
            words = block.span.slice(self.text)
            if OPENS_LIST.search(words):
                return words[slice(*sentences(words)[-1])]
            if block.kind is not BlockKind.LIST_ITEM:
                break
        return piece.lead


def _places(piece: Piece) -> tuple[Span, ...]:
    """The sentences or rows that a piece may be parted between; the piece itself where it has none."""
    table = piece.blocks[0].table
    if table is not None:
        return tuple(row for row in table.rows if row.within(piece.span)) or (piece.span,)
    return tuple(unit.span for unit in piece.units if unit.kind is not UnitKind.QUESTION) or (piece.span,)


def _explains(unit: Unit) -> bool:
    """Whether a unit belongs to every part of what it stands in."""
    return unit.kind not in {UnitKind.SENTENCE, UnitKind.ROW}


def _fair_stop(text: str, start: int, most: int) -> int:
    """The last place in the second half of the stretch where a line, clause or word ends, in this order."""
    half = (start + most) // 2
    for pattern in BREAKS:
        ends = [found.end() for found in pattern.finditer(text, half, most)]
        if ends:
            return ends[-1]
    return most
