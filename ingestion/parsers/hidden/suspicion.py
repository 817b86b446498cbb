"""Which pieces of text on a PDF page a reader may not see. Cheap, and too cautious: ``sight`` looks at those alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ingestion.parsers.hidden.drawn import TINY, Bounds, Boxes, Drawing, Surface, Texts
from knowledge_bases.parsed import Hiding

Colour = tuple[int, ...]
PLACES = np.array([1 << 24, 1 << 16, 1 << 8, 1])  # of a colour's channels in one number
Marks = NDArray[np.bool_]  # one for each text

NEAR_WHITE = 200  # the darkest channel of a colour that may vanish on white paper
NEAR = 56  # between two colours, in the channel that differs most
FAR = 64
FAINT = 40  # alpha, of 255
COVERING = 200
COVERED = 0.05  # of its box, by what was drawn later: a figure at the end of a line
CLIPPED = 0.95  # of its box stands inside the clip
INVISIBLE = (3, 7)  # rendering modes (ISO 32000-1, table 106): neither fill nor stroke; clip only
CERTAIN = frozenset({Hiding.OFF_PAGE, Hiding.TINY})


def suspects(drawing: Drawing, page: Bounds, notes: Sequence[Bounds]) -> dict[int, Hiding]:
    """Why each suspect, by its number in ``drawing.texts``, may not be seen. ``notes`` are boxes of annotations.

    OFF_PAGE and TINY are certain; SAME_COLOUR and NOT_SHOWN are to be looked at.
    """
    texts = drawing.texts
    found: dict[int, Hiding] = {}
    if not len(texts):
        return found
    for marks, hiding in (
        (_blending(texts, drawing.surfaces), Hiding.SAME_COLOUR),
        (_not_shown(texts) | _covered(drawing, notes), Hiding.NOT_SHOWN),
        (_off_page(texts.bounds, page), Hiding.OFF_PAGE),
        (texts.sizes < TINY, Hiding.TINY),
    ):
        found.update(dict.fromkeys(np.flatnonzero(marks).tolist(), hiding))
    return found


def _off_page(boxes: Boxes, page: Bounds) -> Marks:
    marks: Marks = _shared(boxes, np.array(page)) < 0.5 * _areas(boxes)
    return marks


def _not_shown(texts: Texts) -> Marks:
    clipped = _shared(texts.bounds, texts.clips) < CLIPPED * _areas(texts.bounds)
    marks: Marks = (
        (texts.modes == INVISIBLE[0])
        | (texts.modes == INVISIBLE[1])
        | (texts.rgba[:, 3] < FAINT)
        | texts.layered
        | clipped
    )
    return marks


def _covered(drawing: Drawing, notes: Sequence[Bounds]) -> Marks:
    """The texts of which what was drawn later, or an annotation, covers a good part."""
    covers = [(n, s.bounds) for n, s in enumerate(drawing.surfaces) if s.rgba is None or s.rgba[3] >= COVERING]
    covers += [(len(drawing.surfaces), note) for note in notes]
    texts = drawing.texts
    first = int(texts.behind.min())
    least = COVERED * np.maximum(_areas(texts.bounds), 1e-6)
    under = np.zeros(len(texts), dtype=bool)
    for number, cover in covers:
        if number >= first:
            under |= (_shared(texts.bounds, np.array(cover)) >= least) & (texts.behind <= number)
    return under


def _blending(texts: Texts, surfaces: Sequence[Surface]) -> Marks:
    """The texts that may have the colour of what lies behind them."""
    marks = np.zeros(len(texts), dtype=bool)
    light = texts.rgba[:, :3].min(axis=1) >= NEAR_WHITE
    for number in np.flatnonzero(light).tolist():
        marks[number] = not _stands_out(texts, number, surfaces)
    if surfaces:
        packed = texts.rgba @ PLACES
        for code in set(packed[~light].tolist()):
            same = np.flatnonzero(packed == code)
            colour = texts.rgba[same[0]].tolist()
            marks[same] = _on_any(texts.bounds[same], texts.behind[same], list(_alike(colour, surfaces)))
    return marks


def _on_any(boxes: Boxes, behind: NDArray[np.int64], backs: Sequence[tuple[int, Bounds]]) -> Marks:
    marks = np.zeros(len(boxes), dtype=bool)
    for number, back in backs:
        marks |= (behind > number) & (_shared(boxes, np.array(back)) > 0)
    return marks


def _alike(colour: Colour, surfaces: Sequence[Surface]) -> Iterator[tuple[int, Bounds]]:
    """The surfaces on which the colour may vanish: those of nearly the same one, and pictures."""
    for number, surface in enumerate(surfaces):
        if surface.rgba is None or _distance(colour, surface.rgba) < NEAR:
            yield number, surface.bounds


def _stands_out(texts: Texts, number: int, surfaces: Sequence[Surface]) -> bool:
    """Whether light text lies on one surface that is known to be dark: the head of a table."""
    left, bottom, right, top = texts.bounds[number].tolist()
    for surface in reversed(surfaces[: int(texts.behind[number])]):
        x0, y0, x1, y1 = surface.bounds
        if min(right, x1) > max(left, x0) and min(top, y1) > max(bottom, y0):
            inside = x0 <= left and y0 <= bottom and right <= x1 and top <= y1
            dark = surface.rgba is not None and _distance(texts.rgba[number].tolist(), surface.rgba) >= FAR
            return inside and surface.whole and dark
    return False


def _shared(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """The area that each box shares with the other, or with its own one of as many others."""
    wide = np.minimum(boxes[:, 2], others[..., 2]) - np.maximum(boxes[:, 0], others[..., 0])
    high = np.minimum(boxes[:, 3], others[..., 3]) - np.maximum(boxes[:, 1], others[..., 1])
    shared: NDArray[np.float64] = np.maximum(wide, 0) * np.maximum(high, 0)
    return shared


def _areas(boxes: Boxes) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas


def _distance(one: Sequence[int], other: Sequence[int]) -> int:
    return max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True))
