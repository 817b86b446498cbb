"""Ruling lines of a picture: straight dark strokes, level or upright, longer than any character's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ingestion.ocr.types import Box, Picture

DARK = 215  # light grey rules are meant as well; scanned paper is lighter
SHORTEST = 18.0  # points; Chinese strokes of a 24 point title are shorter
THICKEST = 2.4  # points; a thicker one is a filled band or part of a drawing
MOST = 4000
POINTS = 72  # an inch

Stroke = tuple[int, int, int, int]  # first row, last row, from column, to column


def strokes(picture: Picture) -> tuple[Box, ...]:
    """The rules as thin boxes in pixels; none where there are too many for a table."""
    dark = picture.pixels < DARK
    level = [(x0, y0, x1, y1 + 1) for y0, y1, x0, x1 in _level(dark, picture.dpi)]
    upright = [(x0, y0, x1 + 1, y1) for x0, x1, y0, y1 in _level(np.ascontiguousarray(dark.T), picture.dpi)]
    found = (*level, *upright)
    return found if len(found) <= MOST else ()


def without(picture: Picture, rules: tuple[Box, ...]) -> Picture:
    """The picture with its rules painted white: engines take them for letters."""
    pixels = picture.pixels.copy()
    for x0, y0, x1, y1 in rules:
        pixels[max(int(y0) - 1, 0) : int(y1) + 1, max(int(x0) - 1, 0) : int(x1) + 1] = 255
    return Picture(pixels, picture.dpi)


def _level(dark: NDArray[np.bool_], dpi: int) -> Iterator[Stroke]:
    """Strokes along the rows: runs of neighbouring rows that overlap are one, unless together they are thick."""
    open_: list[Stroke] = []
    for row, start, end in _runs(dark, max(2, round(SHORTEST * dpi / POINTS))):
        joins = [s for s in open_ if row - s[1] <= 1 and start < s[3] and s[2] < end]
        yield from (s for s in open_ if row - s[1] > 1 and _thin(s, dpi))
        kept = [s for s in open_ if row - s[1] <= 1 and s not in joins]
        first = min((s[0] for s in joins), default=row)
        open_ = [*kept, (first, row, min([start, *(s[2] for s in joins)]), max([end, *(s[3] for s in joins)]))]
    yield from (s for s in open_ if _thin(s, dpi))


def _thin(stroke: Stroke, dpi: int) -> bool:
    return (stroke[1] - stroke[0] + 1) * POINTS <= THICKEST * dpi


def _runs(dark: NDArray[np.bool_], least: int) -> Iterator[tuple[int, int, int]]:
    """(row, from, to) of every unbroken run of dark pixels of at least ``least``, row by row."""
    padded = np.zeros((dark.shape[0], dark.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = dark
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    long = ends - starts >= least
    yield from zip(rows[long].tolist(), starts[long].tolist(), ends[long].tolist(), strict=True)
