"""Which pieces of text on a PDF page a reader may not see. Cheap, and too cautious: ``sight`` looks at those alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ingestion.parsers.hidden.drawn import TINY, Bounds, Drawing, Surface, Text, area, overlap
from knowledge_bases.parsed import Hiding

Colour = tuple[int, int, int, int]

NEAR_WHITE = 200  # the darkest channel of a colour that may vanish on white paper
NEAR = 56  # between two colours, in the channel that differs most
FAR = 64
FAINT = 40  # alpha, of 255
COVERING = 200
COVERED = 0.25  # of its box, by what was drawn later
INVISIBLE = frozenset({3, 7})  # rendering modes (ISO 32000-1, table 106): neither fill nor stroke; clip only
CERTAIN = frozenset({Hiding.OFF_PAGE, Hiding.TINY})


def suspects(drawing: Drawing, page: Bounds, notes: Sequence[Bounds]) -> dict[int, Hiding]:
    """Why each suspect, by its number in ``drawing.texts``, may not be seen. ``notes`` are boxes of annotations.

    OFF_PAGE and TINY are certain; SAME_COLOUR and NOT_SHOWN are to be looked at.
    """
    covered = _covered(drawing, notes)
    backs: dict[Colour, list[tuple[int, Bounds]]] = {}
    found: dict[int, Hiding] = {}
    for number, text in enumerate(drawing.texts):
        hiding = _certain(text, page) or _shape(text, covered=number in covered)
        if hiding is None and _blends(text, drawing.surfaces, backs):
            hiding = Hiding.SAME_COLOUR
        if hiding is not None:
            found[number] = hiding
    return found


def _certain(text: Text, page: Bounds) -> Hiding | None:
    if text.size < TINY:
        return Hiding.TINY
    left, bottom, right, top = text.bounds
    if left >= page[0] and bottom >= page[1] and right <= page[2] and top <= page[3]:
        return None
    return Hiding.OFF_PAGE if area(overlap(text.bounds, page)) < 0.5 * area(text.bounds) else None


def _shape(text: Text, *, covered: bool) -> Hiding | None:
    clipped = text.clip is not None and area(overlap(text.bounds, text.clip)) < 0.5 * area(text.bounds)
    if text.mode in INVISIBLE or text.rgba[3] < FAINT or text.layered or clipped or covered:
        return Hiding.NOT_SHOWN
    return None


def _covered(drawing: Drawing, notes: Sequence[Bounds]) -> frozenset[int]:
    """The texts of which what was drawn later, or an annotation, covers a good part."""
    covers = [(n, s.bounds) for n, s in enumerate(drawing.surfaces) if s.rgba is None or s.rgba[3] >= COVERING]
    covers += [(len(drawing.surfaces), note) for note in notes]
    if not drawing.texts or not covers:
        return frozenset()
    boxes = np.array([text.bounds for text in drawing.texts])
    behind = np.array([text.behind for text in drawing.texts])
    least = COVERED * np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1e-6)
    under = np.zeros(len(boxes), dtype=bool)
    for number, cover in covers:
        under |= (_shared(boxes, cover) >= least) & (behind <= number)
    return frozenset(np.flatnonzero(under).tolist())


def _shared(boxes: NDArray[np.float64], cover: Bounds) -> NDArray[np.float64]:
    wide = np.minimum(boxes[:, 2], cover[2]) - np.maximum(boxes[:, 0], cover[0])
    high = np.minimum(boxes[:, 3], cover[3]) - np.maximum(boxes[:, 1], cover[1])
    shared: NDArray[np.float64] = np.maximum(wide, 0) * np.maximum(high, 0)
    return shared


def _blends(text: Text, surfaces: Sequence[Surface], backs: dict[Colour, list[tuple[int, Bounds]]]) -> bool:
    if min(text.rgba[:3]) >= NEAR_WHITE:
        return not _stands_out(text, surfaces)
    if text.rgba not in backs:
        backs[text.rgba] = list(_alike(text.rgba, surfaces))
    return any(number < text.behind and area(overlap(text.bounds, box)) > 0 for number, box in backs[text.rgba])


def _alike(colour: Colour, surfaces: Sequence[Surface]) -> Iterator[tuple[int, Bounds]]:
    """The surfaces on which the colour may vanish: those of nearly the same one, and pictures."""
    for number, surface in enumerate(surfaces):
        if surface.rgba is None or _distance(colour, surface.rgba) < NEAR:
            yield number, surface.bounds


def _stands_out(text: Text, surfaces: Sequence[Surface]) -> bool:
    """Whether light text lies on one surface that is known to be dark: the head of a table."""
    for surface in reversed(surfaces[: text.behind]):
        if area(overlap(text.bounds, surface.bounds)) > 0:
            inside = overlap(text.bounds, surface.bounds) == text.bounds
            return inside and surface.whole and surface.rgba is not None and _distance(text.rgba, surface.rgba) >= FAR
    return False


def _distance(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True))
