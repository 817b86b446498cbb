"""Sets a picture upright: quarter turns, and the small slant of a sheet that went into the scanner askew."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ingestion.ocr.types import Box, Picture, Pixels

MOST_DEGREES = 3.0
STEP_DEGREES = 0.25
LEAST_DEGREES = 0.5  # less does no harm
COARSE = 600  # pixels across that are enough to measure the slant
DARK = 128


@dataclass(frozen=True)
class Pose:
    """How a page of ``width`` by ``height`` points lies: ``turns`` quarter turns clockwise make it upright.

    After these it is rotated counter-clockwise by ``degrees`` about its middle.
    """

    width: float
    height: float
    turns: int = 0
    degrees: float = 0.0

    @property
    def upright_size(self) -> tuple[float, float]:
        """Width and height of the upright page, in points."""
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)

    def on_page(self, box: Box) -> Box:
        """The box around the place on the page that ``box`` of the upright page stands for."""
        left, top, right, bottom = box
        points = [self._point(x, y) for x in (left, right) for y in (top, bottom)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), self.width), min(max(ys), self.height)

    def _point(self, x: float, y: float) -> tuple[float, float]:
        wide, high = self.upright_size
        angle = math.radians(self.degrees)
        dx, dy = x - wide / 2, y - high / 2
        x = wide / 2 + dx * math.cos(angle) - dy * math.sin(angle)
        y = high / 2 + dx * math.sin(angle) + dy * math.cos(angle)
        match self.turns % 4:
            case 1:
                return y, self.height - x
            case 2:
                return self.width - x, self.height - y
            case 3:
                return self.width - y, x
            case _:
                return x, y


def turned(picture: Picture, turns: int) -> Picture:
    """The picture after ``turns`` quarter turns clockwise."""
    return Picture(np.ascontiguousarray(np.rot90(picture.pixels, -turns)), picture.dpi) if turns % 4 else picture


def straightened(picture: Picture, degrees: float) -> Picture:
    """The picture rotated counter-clockwise by ``degrees`` about its middle, white where nothing was."""
    if not degrees:
        return picture
    image = Image.fromarray(picture.pixels)
    return Picture(np.asarray(image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)), picture.dpi)


def slant(picture: Picture) -> float:
    """By how many degrees counter-clockwise the picture must be rotated for its lines to lie level; often 0.

    Lines are level where the ink of the page, summed along rows, varies most from row to row.
    """
    dark = (_coarse(picture.pixels) < DARK).astype(np.float32)
    steps = round(MOST_DEGREES / STEP_DEGREES)
    angles = [step * STEP_DEGREES for step in range(-steps, steps + 1)]
    best = max(angles, key=lambda degrees: (_unevenness(dark, degrees), -abs(degrees)))
    return best if abs(best) >= LEAST_DEGREES else 0.0


def _coarse(pixels: Pixels) -> Pixels:
    every = max(1, pixels.shape[1] // COARSE)
    high, wide = (size // every * every for size in pixels.shape)
    blocks = pixels[:high, :wide].reshape(high // every, every, wide // every, every)
    darkest: Pixels = blocks.min(axis=(1, 3))
    return darkest


def _unevenness(dark: np.ndarray, degrees: float) -> float:
    """How much the row sums differ from one to the next when the page is sheared by ``degrees``."""
    rows, columns = np.nonzero(dark)
    shift = np.tan(math.radians(degrees)) * (columns - dark.shape[1] / 2)
    sums = np.bincount(np.clip(np.round(rows - shift).astype(int), 0, dark.shape[0] - 1), minlength=dark.shape[0])
    return float(np.square(np.diff(sums)).sum())
