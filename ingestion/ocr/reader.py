"""Reads one page's picture: sets it upright, tells its script, and hands it to the engine measured best.

``python -m eval.bench_ocr`` measures. On the few pages measured so far RapidOCR missed more than twice as many
characters as Tesseract in Chinese prose (it drops traditional ones, or turns them into simplified) and took about four
times as long; in English prose it was the more exact by 1 in 1,000. So Tesseract reads where it is installed, and
RapidOCR where it is missing or fails. Simplified tables are not settled: RapidOCR was ahead on one, before mending.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import opencc

from ingestion.ocr import rapid, rulings, tesseract, upright
from ingestion.ocr.mending import mended
from ingestion.ocr.paper import whitened
from ingestion.ocr.rapid import Rapid
from ingestion.ocr.tesseract import Facing, Tesseract
from ingestion.ocr.types import Box, Letter, Line, Picture, Pixels, RecognitionFailed, Script, confidence
from ingestion.ocr.upright import Pose

LOW = 0.6  # a reading of so little confidence may have been of a page that lies on its side
POOR = 0.97  # Chinese read as English has 0.92 to 0.94; English pages have 0.99
CERTAIN = 0.98
STRIP = 0.3  # of the page's height shows which Chinese it is written in
DARK = 128
TO_OTHER = {Script.HANT: "t2s", Script.HANS: "s2t"}


@dataclass(frozen=True)
class Reading:
    """What stands on the upright page, in pixels of its picture, which is ``across`` pixels wide.

    ``rules`` are its ruling lines as thin boxes. ``turns`` and ``degrees`` say how it was set upright.
    """

    lines: tuple[Line, ...]
    rules: tuple[Box, ...]
    across: int
    turns: int
    degrees: float
    engine: str

    @property
    def confidence(self) -> float:
        """The mean confidence of its characters; 0 where nothing was read."""
        return confidence(self.lines)

    def pose(self, width: float, height: float) -> Pose:
        """How the page of this size, in points, lay."""
        return Pose(width, height, self.turns, self.degrees)


@dataclass(frozen=True)
class Reader:
    """The engines at hand. Without Tesseract every page is read by RapidOCR, as if it were of one script."""

    tesseract: Tesseract | None = field(default_factory=tesseract.installed)
    rapid: Rapid | None = field(default_factory=rapid.installed)

    @property
    def names(self) -> tuple[str, ...]:
        """The engines at hand; none means that pictures cannot be read."""
        return tuple(engine.name for engine in (self.tesseract, self.rapid) if engine is not None)

    def read(self, picture: Picture) -> Reading:
        """The words of a picture, which may lie on its side or askew.

        Raises:
            RecognitionFailed: there is no engine, or it broke or took too long.
        """
        picture = whitened(picture)
        facing = self.tesseract.facing(picture) if self.tesseract else None
        first = self._read(picture, facing or Facing(0, chinese=False))
        if facing is None and first.confidence < LOW:
            others = (self._read(picture, Facing(turns, chinese=False)) for turns in (1, 3, 2))
            return max((first, *others), key=lambda reading: reading.confidence * len(reading.lines))
        if facing is not None and not facing.chinese and first.confidence < POOR:
            other = self._read(picture, Facing(facing.turns, chinese=True))
            return max(first, other, key=lambda reading: reading.confidence)
        return first

    def _read(self, picture: Picture, facing: Facing) -> Reading:
        level = upright.turned(picture, facing.turns)
        degrees = upright.slant(level)
        level = upright.straightened(level, degrees)
        script = self._script(level) if facing.chinese else Script.LATIN
        rules = rulings.strokes(level)
        lines, engine = self._lines(rulings.without(level, rules), script)
        return Reading(lines, rules, level.pixels.shape[1], facing.turns, degrees, engine)

    def _lines(self, picture: Picture, script: Script) -> tuple[tuple[Line, ...], str]:
        failure = RecognitionFailed("it is a picture, and no engine to read it is installed")
        for engine in (self.tesseract, self.rapid):
            try:
                if engine is not None:
                    return tuple(mended(line) for line in engine.read(picture, script)), engine.name
            except RecognitionFailed as error:
                failure = error
        raise failure

    def _script(self, picture: Picture) -> Script:
        """Which of the two Chinese models is surer of the characters that only its own script has."""
        if self.tesseract is None:
            return Script.HANT
        strip = Picture(_busiest(picture.pixels), picture.dpi)
        sure = {script: _sureness(self.tesseract.read(strip, script), script) for script in TO_OTHER}
        return max(sure, key=lambda script: sure[script])


def _busiest(pixels: Pixels) -> Pixels:
    """The band of the page with the most ink."""
    high = max(1, round(STRIP * pixels.shape[0]))
    ink = np.cumsum(np.r_[0, (pixels < DARK).sum(axis=1)])
    start = int(np.argmax(ink[high:] - ink[:-high]))
    return np.ascontiguousarray(pixels[start : start + high])


def _sureness(lines: tuple[Line, ...], script: Script) -> float:
    """The share read for certain; means lie within 0.01 of each other where the picture is poor."""
    own = [letter.confidence >= CERTAIN for letter in _letters(lines) if _only_in(script, letter.text)]
    return sum(own) / len(own) if own else 0.0


def _letters(lines: tuple[Line, ...]) -> Iterator[Letter]:
    return (letter for line in lines for word in line.words for letter in word)


@cache
def _converter(script: Script) -> opencc.OpenCC:
    return opencc.OpenCC(TO_OTHER[script])


@cache
def _only_in(script: Script, text: str) -> bool:
    return bool(_converter(script).convert(text) != text)
