"""Reads the words of one PDF page with the place of each. All numbers leave here in points from the page's top left.

pdfium calls cost about a microsecond each from Python and a page has thousands of glyphs, so a line that pdfium
reports as a few rectangles is taken as those; only broken-up lines are measured glyph by glyph.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Handle, address_of, same
from ingestion.parsers.drawn.lettering import SEEN, character, line_ends, reading, unseen
from ingestion.parsers.drawn.place import placement
from ingestion.parsers.drawn.segment import Segment, union
from ingestion.parsers.elements import Box, Fragment, Words

Range = tuple[int, int]
Glyph = tuple[Handle, Box]  # the text object it belongs to, and where it is drawn
CUT = re.compile(r"[.;:!?][\"'”’)\]]*\s+|[。；：！？][」』）”’]*\s*")
BOLD = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
FEW = 8
WIDE_GAP = 1.5  # em: wider than a justified space, narrower than a gutter
NAME_BYTES = 128
_Edges, _Name = ctypes.c_double * 4, ctypes.c_char * NAME_BYTES  # made once: each time it is another type


class Glyphs:
    """The text layer of one page. Glyphs are named by pdfium's index."""

    def __init__(self, page: pdfium.PdfPage, number: int, concealed: frozenset[Glyph] = frozenset()) -> None:
        self.number = number
        self.text_page = page.get_textpage()
        self._address = address_of(self.text_page.raw)
        self._concealed = concealed
        self._place = placement(page)
        self._edges = _Edges()
        self._edge = tuple(range(start := ctypes.addressof(self._edges), start + 32, 8))  # the address of each
        self._boxes: dict[int, Box | None] = {}
        self._name = _Name()
        self._flags = ctypes.c_int()
        self._font = (ctypes.addressof(self._name), NAME_BYTES, ctypes.addressof(self._flags))
        self._bolds: dict[bytes, bool] = {}
        self._matrix = raw.FS_MATRIX()
        self._matrix_at = ctypes.addressof(self._matrix)

    def close(self) -> None:
        """Gives the page's text back to pdfium."""
        self.text_page.close()

    @cached_property
    def letters(self) -> str:
        """One character per glyph; the line ends and spaces that pdfium adds included, blanks for concealed glyphs."""
        count = self.text_page.count_chars()
        text = str(self.text_page.get_text_range(errors="replace")) if count else ""
        if len(text) != count:  # characters beyond the first plane, or glyphs that stand for none
            text = "".join(map(character, bulk.given(bulk.char_code, same(self._address), range(count))))
        return self._without_concealed(text) if self._concealed else text

    @cached_property
    def lines(self) -> list[Range]:
        """The glyph ranges of pdfium's lines, in the order they were drawn."""
        ends = [*line_ends(self.letters), (len(self.letters),) * 2]
        starts = [0, *(end for _, end in ends)]
        return [(a, b) for a, (b, _) in zip(starts, ends, strict=False) if self._unseen.find(SEEN, a, b) >= 0]

    def segments(self, line: Range) -> Iterator[Segment]:
        """The segments of one line: split where a gap is wider than a space can be."""
        boxes = self._rectangles(line)
        if len(boxes) == 1:
            yield self.segment(line, boxes[0])
            return
        limit = WIDE_GAP * self._size(line[0])
        if boxes and not any(abs(b[0] - a[2]) > limit for a, b in pairwise(boxes)):
            yield self.segment(line, union(boxes))
            return
        for part, box in self._split(line, limit):
            yield self.segment(part, box)

    def segment(self, part: Range, box: Box | None = None) -> Segment:
        """The segment of a glyph range in which something is drawn."""
        start, end = self._trimmed(part)
        whole = box or union(b for i in range(start, end) if (b := self.box(i)) is not None)
        look = self._unseen.find(SEEN, start + (end - start) // 2)
        words = self._words((start, end), whole)
        return Segment(words, self.number, whole, self._base(look), self._size(look), self._bold(look), (start, end))

    def box(self, index: int) -> Box | None:
        """Where a glyph is drawn; None for blanks, which are drawn nowhere."""
        if index not in self._boxes:
            self._boxes[index] = None if self._unseen[index] else self._measured(index)
        return self._boxes[index]

    def _measured(self, index: int) -> Box | None:
        if not bulk.char_box(self._address, index, *self._edge):
            return None
        left, right, bottom, top = self._edges
        return self._place(left, bottom, right, top)

    def _without_concealed(self, text: str) -> str:
        owners = bulk.given(bulk.char_object, same(self._address), range(len(text)))
        among = {owner for owner, _ in self._concealed}
        return "".join(
            " " if owner in among and (owner, self._measured(index)) in self._concealed else letter
            for index, (owner, letter) in enumerate(zip(owners, text, strict=True))
        )

    def _words(self, part: Range, whole: Box) -> Words:
        """The range cut after sentences, so that a quoted sentence can be marked without its neighbours."""
        text = self.letters[part[0] : part[1]]
        ends = [end for found in CUT.finditer(text) if (end := found.end()) < len(text)]
        if not ends:
            return (Fragment(reading(text), self.number, whole),)
        words: list[Fragment] = []
        for a, b in pairwise([0, *ends, len(text)]):
            words.append(self._sentence((part[0] + a, part[0] + b), whole))
            if b < len(text) and text[b - 1].isspace():
                words.append(Fragment(" "))
        return tuple(words)

    def _sentence(self, part: Range, whole: Box) -> Fragment:
        start, end = self._trimmed(part)
        first, last = self.box(start), self.box(end - 1)
        left = first[0] if first else whole[0]
        right = last[2] if last else whole[2]
        return Fragment(reading(self.letters[start:end]), self.number, (left, whole[1], max(left, right), whole[3]))

    def _rectangles(self, line: Range) -> Sequence[Box]:
        count = bulk.text_rectangles(self._address, line[0], line[1] - line[0])
        if not 0 < count <= FEW:
            return ()
        boxes = []
        for number in range(count):
            bulk.text_rectangle(self._address, number, *self._edge)
            left, top, right, bottom = self._edges
            boxes.append(self._place(left, bottom, right, top))
        return boxes

    def _split(self, line: Range, limit: float) -> Iterator[tuple[Range, Box]]:
        """The parts of a line between its wide gaps, and where each is drawn."""
        drawn = np.flatnonzero(np.frombuffer(self._unseen, np.uint8, line[1] - line[0], line[0]) == 0)
        boxes = self._placed(line)[drawn]
        firsts = np.flatnonzero(np.abs(boxes[1:, 0] - boxes[:-1, 2]) > limit) + 1
        starts = [0, *firsts.tolist()]
        near, far = np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)
        edges = [line[0], *(drawn[firsts] + line[0]).tolist(), line[1]]
        for part, (left, top), (right, bottom) in zip(pairwise(edges), near.tolist(), far.tolist(), strict=True):
            yield part, (left, top, right, bottom)

    def _placed(self, part: Range) -> NDArray[np.float64]:
        """The boxes of a whole range at once: a quarter of the cost of one glyph after the other."""
        return np.stack(self._place(*bulk.char_boxes(self._address, *part).T[[0, 2, 1, 3]]), axis=1)

    def _trimmed(self, part: Range) -> Range:
        start, end = part
        first = self._unseen.find(SEEN, start, end)
        return (end - 1, end) if first < 0 else (first, self._unseen.rfind(SEEN, start, end) + 1)

    @cached_property
    def _unseen(self) -> bytes:
        return unseen(self.letters)

    def _base(self, index: int) -> float:
        bulk.char_origin(self._address, index, *self._edge[:2])
        x, y = self._edges[:2]
        return self._place(x, y, x, y)[1]

    def _size(self, index: int) -> float:
        size: float = bulk.char_size(self._address, index)
        if bulk.char_matrix(self._address, index, self._matrix_at):
            size *= (self._matrix.c**2 + self._matrix.d**2) ** 0.5
        return round(max(size, 1.0), 1)

    def _bold(self, index: int) -> bool:
        bulk.char_font(self._address, index, *self._font)
        name = self._name.value
        if name not in self._bolds:
            self._bolds[name] = BOLD.search(name) is not None
        return self._bolds[name]
