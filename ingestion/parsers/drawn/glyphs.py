"""Reads the words of one PDF page with the place of each. All numbers leave here in points from the page's top left.

pdfium calls cost about a microsecond each from Python and a page has thousands of glyphs, so a line that pdfium
reports as a few rectangles is taken as those; only broken-up lines are measured glyph by glyph.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingestion.parsers.drawn.segment import Segment, union
from ingestion.parsers.elements import BLANK, CONTROL, Box, Fragment, Words
from ingestion.parsers.labels import CJK

Range = tuple[int, int]
HYPHENS = "\ufffe\x02"  # pdfium's mark for a hyphen that ends a line
NOTHING = frozenset(chr(code) for code in range(0xFFFF) if CONTROL.match(chr(code))) - frozenset(HYPHENS)
LINE_END = re.compile(rf"\r?\n|\r|(?<=[{HYPHENS}])")
CUT = re.compile(r"[.;:!?][\"'”’)\]]*\s+|[。；：！？][」』）”’]*\s*")
FALSE_BLANK = re.compile(rf"(?<=[{CJK}])[ \u00a0]+(?=[{CJK}])")
# Chromium writes some Chinese characters as the radicals they look like; the reader means the character.
RADICALS = re.compile("[\u2e80-\u2fdf]")
BOLD = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
FEW = 8
WIDE_GAP = 1.5  # em: wider than a justified space, narrower than a gutter
NAME_BYTES = 128


class Glyphs:
    """The text layer of one page."""

    def __init__(self, page: pdfium.PdfPage, number: int) -> None:
        self.number = number
        self._text_page = page.get_textpage()
        self._raw = self._text_page.raw
        self._place = placement(page)
        self._edges = tuple(ctypes.c_double() for _ in range(4))
        self._boxes: dict[int, Box | None] = {}
        self._name = ctypes.create_string_buffer(NAME_BYTES)
        self._matrix = raw.FS_MATRIX()

    @cached_property
    def letters(self) -> Sequence[str]:
        """One string per glyph index of pdfium; generated line ends and spaces included."""
        count = self._text_page.count_chars()
        text = self._text_page.get_text_range(errors="replace") if count else ""
        if len(text) == count:
            return text
        return [
            _character(raw.FPDFText_GetUnicode(self._raw, index)) for index in range(count)
        ]  # has surrogates or gaps

    def lines(self) -> list[Range]:
        """The glyph ranges of pdfium's lines, in the order they were drawn."""
        if isinstance(self.letters, str):
            ends = [*(found.span() for found in LINE_END.finditer(self.letters)), (len(self.letters),) * 2]
        else:
            ends = [(i, i + 1) for i, letter in enumerate(self.letters) if letter in "\r\n"]
            ends.append((len(self.letters),) * 2)
        starts = [0, *(end for _, end in ends)]
        return [(a, b) for a, (b, _) in zip(starts, ends, strict=False) if not all(self._blanks[a:b])]

    def segments(self, line: Range) -> Iterator[Segment]:
        """The segments of one line: split where a gap is wider than a space can be."""
        boxes = self._rectangles(line)
        size = self._size(line[0])
        if boxes and not _gaps(boxes, WIDE_GAP * size):
            yield self.segment(line, union(boxes))
            return
        for part in self._split(line, WIDE_GAP * size):
            yield self.segment(part)

    def segment(self, part: Range, box: Box | None = None) -> Segment:
        """The segment of a glyph range that is not blank."""
        start, end = self._trimmed(part)
        whole = box or union(b for i in range(start, end) if (b := self.box(i)) is not None)
        look = start + (end - start) // 2
        while self._blanks[look]:
            look += 1
        return Segment(
            self._words((start, end), whole), self.number, whole, self._base(look), self._size(look), self._bold(look)
        )

    def box(self, index: int) -> Box | None:
        """Where glyph ``index`` is drawn; None for blanks, which are drawn nowhere."""
        if index not in self._boxes:
            self._boxes[index] = None if self._blanks[index] else self._measured(index)
        return self._boxes[index]

    def _measured(self, index: int) -> Box | None:
        left, right, bottom, top = self._edges
        if not raw.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top):
            return None
        return self._place(left.value, bottom.value, right.value, top.value)

    def _words(self, part: Range, whole: Box) -> Words:
        """The range cut after sentences, so that a quoted sentence can be marked without its neighbours."""
        text = self._letters(part)
        cuts = [0, *(found.end() for found in CUT.finditer(text) if found.end() < len(text)), len(text)]
        if len(cuts) == 2:
            return (Fragment(reading(self._letters(part)), self.number, whole),)
        words: list[Fragment] = []
        for a, b in pairwise(cuts):
            words.append(self._sentence((part[0] + a, part[0] + b), whole))
            if b < len(text) and text[b - 1].isspace():
                words.append(Fragment(" "))
        return tuple(words)

    def _sentence(self, part: Range, whole: Box) -> Fragment:
        start, end = self._trimmed(part)
        first, last = self.box(start), self.box(end - 1)
        left = first[0] if first else whole[0]
        right = last[2] if last else whole[2]
        return Fragment(reading(self._letters((start, end))), self.number, (left, whole[1], max(left, right), whole[3]))

    def _letters(self, part: Range) -> str:
        if isinstance(self.letters, str):
            return self.letters[part[0] : part[1]]
        return "".join(letter or "\ufeff" for letter in self.letters[part[0] : part[1]])

    def _rectangles(self, line: Range) -> list[Box]:
        count = raw.FPDFText_CountRects(self._raw, line[0], line[1] - line[0])
        if not 0 < count <= FEW:
            return []
        left, top, right, bottom = self._edges
        boxes = []
        for number in range(count):
            raw.FPDFText_GetRect(self._raw, number, left, top, right, bottom)
            boxes.append(self._place(left.value, bottom.value, right.value, top.value))
        return boxes

    def _split(self, line: Range, limit: float) -> Iterator[Range]:
        start, before = line[0], None
        for index in range(*line):
            box = self.box(index)
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
        while start < end - 1 and self._blanks[start]:
            start += 1
        while end > start + 1 and self._blanks[end - 1]:
            end -= 1
        return start, end

    @cached_property
    def _blanks(self) -> list[bool]:
        return [not letter or letter.isspace() or letter in NOTHING for letter in self.letters]

    def _base(self, index: int) -> float:
        x, y = self._edges[0], self._edges[1]
        raw.FPDFText_GetCharOrigin(self._raw, index, x, y)
        return self._place(x.value, y.value, x.value, y.value)[1]

    def _size(self, index: int) -> float:
        size = float(raw.FPDFText_GetFontSize(self._raw, index))
        if raw.FPDFText_GetMatrix(self._raw, index, self._matrix):
            size *= (self._matrix.c**2 + self._matrix.d**2) ** 0.5
        return round(max(size, 1.0), 1)

    def _bold(self, index: int) -> bool:
        flags = ctypes.c_int()
        raw.FPDFText_GetFontInfo(self._raw, index, self._name, NAME_BYTES, flags)
        return BOLD.search(self._name.value) is not None


def reading(text: str) -> str:
    """Drawn characters as a reader means them: no control marks, hyphens as such, no blanks inside Chinese."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = text.replace("\ufffe", "-").replace("\x02", "-")
    text = RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return FALSE_BLANK.sub("", BLANK.sub(" ", CONTROL.sub("", text))).strip()


def placement(page: pdfium.PdfPage) -> Callable[[float, float, float, float], Box]:
    """A function from PDF user space (left, bottom, right, top) to points from the top left of the page as shown."""
    left, bottom, right, top = page.get_cropbox()
    match page.get_rotation():
        case 90:
            return lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        case 180:
            return lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom)
        case 270:
            return lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0)
        case _:
            return lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0)


def _gaps(boxes: Sequence[Box], limit: float) -> bool:
    return any(abs(b[0] - a[2]) > limit for a, b in pairwise(boxes))


def _character(code: int) -> str:
    return "" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)
