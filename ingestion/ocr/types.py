"""What goes into an engine and what comes out. All places are pixels from the picture's top left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]


class Script(StrEnum):
    """What a page is mostly written in. Chinese pages may carry Latin words and figures."""

    LATIN = "latin"
    HANT = "hant"
    HANS = "hans"


@dataclass(frozen=True)
class Picture:
    """A page in grey: rows by columns, 0 black to 255 white. ``dpi`` is what one inch of the page takes."""

    pixels: Pixels
    dpi: int


@dataclass(frozen=True)
class Letter:
    """One character, or a few that the engine read as one. ``confidence`` is 0 to 1, each engine on its own scale."""

    text: str
    box: Box
    confidence: float


Word = tuple[Letter, ...]


@dataclass(frozen=True)
class Line:
    """A printed line, its words from left to right. ``base`` is the baseline, ``size`` the type size, in pixels."""

    words: tuple[Word, ...]
    box: Box
    base: float
    size: float


class Engine(Protocol):
    """Reads an upright picture. A picture without words has no lines.

    Raises:
        RecognitionFailed: the engine broke, or took too long.
    """

    @property
    def name(self) -> str:
        """What the measurements and ``candour doctor`` call it."""
        ...

    def read(self, picture: Picture, script: Script) -> tuple[Line, ...]:
        """The lines of ``picture``, in no particular order."""
        ...


class RecognitionFailed(Exception):
    """A picture could not be read; the message is a clause without a full stop."""


def confidence(lines: tuple[Line, ...]) -> float:
    """The mean confidence of all characters, 0 where there are none."""
    letters = [letter for line in lines for word in line.words for letter in word]
    return sum(letter.confidence for letter in letters) / len(letters) if letters else 0.0
