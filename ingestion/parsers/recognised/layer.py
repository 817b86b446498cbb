"""Read characters in the shape of a page's text layer, so that tables, order and paragraphs are found as in any page.

All places are points from the upright page's top left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingestion.ocr.types import Letter, Line
from ingestion.parsers.drawn.glyphs import CUT, WIDE_GAP, Range
from ingestion.parsers.drawn.lettering import reading
from ingestion.parsers.drawn.segment import Segment, union
from ingestion.parsers.elements import Box, Fragment, Words
from ingestion.parsers.labels import CJK_END, CJK_START

SNAP = 0.14  # of the page's usual type size: what is read within it is of that size, as measured sizes waver
TOUCHING = 0.4  # em: less than this between Chinese and Latin is no space
SURE = 0.96  # a sentence whose mean confidence is lower may not be quoted
SURE_FIGURE = 0.9  # nor one with a digit of a confidence lower than this: figures are what a customer acts on


@dataclass(frozen=True)
class _Mark:
    """One character of the page; a blank has no box."""

    text: str
    box: Box | None
    confidence: float = 1.0


class Letters:
    """The read text of one page. Characters are named by their number in reading order within lines."""

    def __init__(self, lines: Sequence[Line], scale: float, number: int) -> None:
        self.number = number
        self._marks: list[_Mark] = []
        self._lines: list[tuple[Range, Line]] = []
        for line in _snapped([_scaled(line, scale) for line in lines]):
            start = len(self._marks)
            self._marks += _marks(line)
            self._lines.append(((start, len(self._marks)), line))

    @property
    def lines(self) -> list[Range]:
        """The ranges of the printed lines."""
        return [part for part, _ in self._lines]

    def box(self, index: int) -> Box | None:
        """Where a character stands; None for blanks."""
        return self._marks[index].box

    def segments(self, line: Range) -> Iterator[Segment]:
        """The segments of one line: split where a gap is wider than a space can be."""
        limit = WIDE_GAP * self._line_of(line[0]).size
        start = line[0]
        drawn = [index for index in range(*line) if self.box(index) is not None]
        for before, after in pairwise(drawn):
            if (self.box(after) or _NOWHERE)[0] - (self.box(before) or _NOWHERE)[2] > limit:
                yield self.segment((start, before + 1))
                start = after
        yield self.segment((start, line[1]))

    def segment(self, part: Range) -> Segment:
        """The segment of a range of one line in which something is drawn."""
        start, end = self._trimmed(part)
        line = self._line_of(start)
        whole = self._whole((start, end), line)
        return Segment(self._words((start, end), line), self.number, whole, line.base, line.size, False, (start, end))

    def _words(self, part: Range, line: Line) -> Words:
        """The range cut after sentences, each without a box where it was read with too little confidence."""
        text = "".join(mark.text for mark in self._marks[part[0] : part[1]])
        at = _starts(self._marks[part[0] : part[1]])
        ends = [end for found in CUT.finditer(text) if (end := found.end()) < len(text)]
        words: list[Fragment] = []
        for a, b in pairwise([0, *ends, len(text)]):
            words.append(self._sentence((part[0] + at[a], part[0] + at[b]), line))
            if b < len(text) and text[b - 1].isspace():
                words.append(Fragment(" "))
        return tuple(words)

    def _sentence(self, part: Range, line: Line) -> Fragment:
        start, end = self._trimmed(part)
        marks = self._marks[start:end]
        box = self._whole((start, end), line) if _quotable(marks) else None
        return Fragment(reading("".join(mark.text for mark in marks)), self.number, box)

    def _whole(self, part: Range, line: Line) -> Box:
        left, _, right, _ = union(mark.box for mark in self._marks[part[0] : part[1]] if mark.box is not None)
        return left, line.box[1], right, line.box[3]

    def _trimmed(self, part: Range) -> Range:
        start, end = part
        while start < end - 1 and self.box(start) is None:
            start += 1
        while end > start + 1 and self.box(end - 1) is None:
            end -= 1
        return start, end

    def _line_of(self, index: int) -> Line:
        return next(line for part, line in self._lines if part[0] <= index < part[1])


_NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)


def _quotable(marks: Sequence[_Mark]) -> bool:
    drawn = [mark for mark in marks if mark.box is not None]
    mean = sum(mark.confidence for mark in drawn) / len(drawn)
    figures = [mark.confidence for mark in drawn if any(map(str.isdigit, mark.text))]
    return mean >= SURE and min(figures, default=1.0) >= SURE_FIGURE


def _starts(marks: Sequence[_Mark]) -> list[int]:
    """For every character of the marks' joined text, and its end, the mark it belongs to."""
    at = [number for number, mark in enumerate(marks) for _ in mark.text]
    return [*at, len(marks)]


def _marks(line: Line) -> Iterator[_Mark]:
    before: Letter | None = None
    for word in line.words:
        if before is not None and _spaced(before, word[0], line.size):
            yield _Mark(" ", None)
        yield from (_Mark(letter.text, letter.box, letter.confidence) for letter in word)
        before = word[-1]


def _spaced(before: Letter, after: Letter, size: float) -> bool:
    """Whether a space stands between two words; engines also part words inside Chinese, where there is none."""
    chinese = CJK_END.search(before.text) is not None, CJK_START.search(after.text) is not None
    if all(chinese):
        return False
    return not any(chinese) or after.box[0] - before.box[2] > TOUCHING * size


def _scaled(line: Line, scale: float) -> Line:
    words = tuple(tuple(replace(letter, box=times(letter.box, scale)) for letter in word) for word in line.words)
    return Line(words, times(line.box, scale), line.base * scale, max(line.size * scale, 1.0))


def _snapped(lines: Sequence[Line]) -> list[Line]:
    """The lines, those of about the usual size set to it; the others to half points."""
    weighed = [line.size for line in lines for word in line.words for _ in word]
    usual = round(median(weighed), 1) if weighed else 0.0
    return [
        replace(line, size=usual if abs(line.size - usual) <= SNAP * usual else round(line.size * 2) / 2)
        for line in lines
    ]


def times(box: Box, scale: float) -> Box:
    """The box in other units."""
    return box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale
