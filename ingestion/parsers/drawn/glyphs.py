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

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Handle, address_of, same
from ingestion.parsers.drawn.lettering import LINE_END, UNSEEN, character, reading
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


class Glyphs:
    """The text layer of one page. Glyphs are named by pdfium's index."""

    def __init__(self, page: pdfium.PdfPage, number: int, concealed: frozenset[Glyph] = frozenset()) -> None:
        self.number = number
        self.text_page = page.get_textpage()
        self._address = address_of(self.text_page.raw)
        self._concealed = concealed
        self._place = placement(page)
        self._edges = (ctypes.c_double * 4)()
        self._edge = tuple(range(start := ctypes.addressof(self._edges), start + 32, 8))  # the address of each
        self._boxes: dict[int, Box | None] = {}
        self._name = ctypes.create_string_buffer(NAME_BYTES)
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
        ends = [*(found.span() for found in LINE_END.finditer(self.letters)), (len(self.letters),) * 2]
        starts = [0, *(end for _, end in ends)]
        return [(a, b) for a, (b, _) in zip(starts, ends, strict=False) if not all(self._unseen[a:b])]

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
        for part in self._split(line, limit):
            yield self.segment(part)

    def segment(self, part: Range, box: Box | None = None) -> Segment:
        """The segment of a glyph range in which something is drawn."""
        start, end = self._trimmed(part)
        whole = box or union(b for i in range(start, end) if (b := self.box(i)) is not None)
        look = start + (end - start) // 2
        while self._unseen[look]:
            look += 1
        words = self._words((start, end), whole)
        return Segment(words, self.number, whole, self._base(look), self._size(look), self._bold(look), (start, end))

    def box(self, index: int) -> Box | None:
        """Where a glyph is drawn; None for blanks, which are drawn nowhere."""
        if index not in self._boxes:
            self._boxes[index] = None if self._unseen[index] else self._measured(index)
        return self._boxes[index]

    def _measure(self, line: Range) -> None:
        """Measures a whole line at once: a quarter of the cost of one glyph after the other."""
        left, right, bottom, top = bulk.char_boxes(self._address, *line).T
        placed: list[Sequence[float]] = np.transpose(self._place(left, bottom, right, top)).tolist()
        unseen = self._unseen[line[0] : line[1]]
        boxes = (None if gone else (x0, y0, x1, y1) for gone, (x0, y0, x1, y1) in zip(unseen, placed, strict=True))
        self._boxes.update(zip(range(*line), boxes, strict=True))

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

    def _split(self, line: Range, limit: float) -> Iterator[Range]:
        start, before = line[0], None
        self._measure(line)
        for index in range(*line):
            box = self._boxes[index]
            if box is None:
                continue
            if before is not None and abs(box[0] - before[2]) > limit:
                yield start, index
                start = index
            before = box
        if before is not None:
            yield start, line[1]

    def _trimmed(self, part: Range) -> Range:
        start, end = part
        while start < end - 1 and self._unseen[start]:
            start += 1
        while end > start + 1 and self._unseen[end - 1]:
            end -= 1
        return start, end

    @cached_property
    def _unseen(self) -> list[bool]:
        return list(map(UNSEEN.__contains__, self.letters))

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
