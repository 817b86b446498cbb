"""What a PDF page draws: its text and surfaces, where, in which colour, under which clip; in points of its own space.

A page has hundreds of texts, a printed web page one for every letter, so all that can be is asked in bulk.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Handle, object_at
from ingestion.parsers.drawn.objects import Objects, objects_in
from ingestion.parsers.hidden.clips import clips_of

Bounds = tuple[float, float, float, float]  # left, bottom, right, top
Boxes = NDArray[np.float64]  # rows of them
Matrix = tuple[float, float, float, float, float, float]

SAME: Matrix = (1, 0, 0, 1, 0, 0)
DEEPEST = 8  # forms within forms
SIDES_OF_RECTANGLE = 6
LAYER_BYTES = 6  # "OC" and an end mark, in UTF-16
TINY = 2.0  # points
BLACK = (0, 0, 0, 255)
STROKED = (1, 5)  # rendering modes
_MarkName = ctypes.c_ushort * 8  # made once: ctypes makes a new type each time it is multiplied


@dataclass(frozen=True)
class Texts:
    """The pieces of text of one page, a row each. ``sizes`` are of the type as drawn, in points; infinite where the
    bounds are not tiny.

    ``behind`` is how many surfaces were drawn before; ``clips`` are infinite where nothing clips; ``forms`` are 0 for
    text that stands on the page itself.
    """

    handles: list[Handle]
    forms: list[Handle]
    bounds: Boxes
    rgba: NDArray[np.int64]
    modes: NDArray[np.int64]
    behind: NDArray[np.int64]
    clips: Boxes
    layered: NDArray[np.bool_]
    sizes: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.handles)


@dataclass(frozen=True)
class Surface:
    """A filled shape (``rgba``), or a picture or shading (None). ``whole``: it fills its bounds, and is opaque."""

    bounds: Bounds
    rgba: tuple[int, int, int, int] | None
    whole: bool
    picture: bool


@dataclass(frozen=True)
class Drawing:
    """The text and the surfaces of one page; the surfaces in the order in which they are drawn."""

    texts: Texts
    surfaces: tuple[Surface, ...]


def drawing_of(objects: Objects, *, layers: bool) -> Drawing:
    """All that a page draws with ``objects``. ``layers``: the file may have optional layers, so marks must be read."""
    survey = _Survey(layers)
    survey.read(objects, SAME, 0, 0)
    return Drawing(_joined(survey.texts), tuple(survey.surfaces))


class _Survey:
    """One pass over the objects of a page."""

    def __init__(self, layers: bool) -> None:
        self.texts: list[Texts] = []
        self.surfaces: list[Surface] = []
        self._layers = layers

    def read(self, objects: Objects, matrix: Matrix, form: Handle, depth: int) -> None:
        texts = objects.of(raw.FPDF_PAGEOBJ_TEXT)
        others = np.flatnonzero(objects.kinds != raw.FPDF_PAGEOBJ_TEXT)
        bounds = objects.bounds if matrix is SAME else _moved(objects.bounds, matrix)
        behind = [len(self.surfaces)]
        for number in others.tolist():
            self._other(objects.handles[number], int(objects.kinds[number]), bounds[number], (matrix, depth))
            behind.append(len(self.surfaces))
        if texts:
            passed = np.array(behind)[np.searchsorted(others, texts)]
            handles = [objects.handles[number] for number in texts]
            self.texts.append(self._read_texts(handles, form, bounds[texts], passed, matrix))

    def _other(self, handle: Handle, kind: int, bounds: NDArray[np.float64], within: tuple[Matrix, int]) -> None:
        match kind:
            case raw.FPDF_PAGEOBJ_PATH:
                self._path(handle, bounds)
            case raw.FPDF_PAGEOBJ_IMAGE | raw.FPDF_PAGEOBJ_SHADING:
                self.surfaces.append(Surface(_tuple(bounds), None, whole=False, picture=True))
            case raw.FPDF_PAGEOBJ_FORM if within[1] < DEEPEST:
                own = _matrices([handle])[0].tolist()
                self.read(objects_in(handle), _product((*own,), within[0]), handle, within[1] + 1)

    def _read_texts(
        self, handles: list[Handle], form: Handle, bounds: Boxes, behind: NDArray[np.int64], matrix: Matrix
    ) -> Texts:
        modes = np.array(bulk.given(bulk.text_mode, handles), dtype=np.int64)
        clips = clips_of(handles)
        return Texts(
            handles,
            [form] * len(handles),
            bounds,
            _colours(handles, modes),
            modes,
            behind,
            clips if matrix is SAME else _moved(clips, matrix),
            np.array([self._layers and _in_layer(object_at(handle)) for handle in handles], dtype=np.bool_),
            _sizes(handles, bounds, matrix),
        )

    def _path(self, handle: Handle, bounds: NDArray[np.float64]) -> None:
        left, bottom, right, top = bounds.tolist()
        if min(right - left, top - bottom) < 2:
            return
        shape, fill, stroke = object_at(handle), ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(shape, fill, stroke)
        if fill.value:
            r, g, b, a = _asked_colours(bulk.fill_colour, [handle])[0].tolist()
            whole = raw.FPDFPath_CountSegments(shape) <= SIDES_OF_RECTANGLE and a == 255
            self.surfaces.append(Surface((left, bottom, right, top), (r, g, b, a), whole, picture=False))


def _joined(parts: Sequence[Texts]) -> Texts:
    if len(parts) == 1:
        return parts[0]
    parts = [_none(), *parts]
    arrays = ("bounds", "rgba", "modes", "behind", "clips", "layered", "sizes")
    return Texts(
        [handle for part in parts for handle in part.handles],
        [form for part in parts for form in part.forms],
        *(np.concatenate([getattr(part, name) for part in parts]) for name in arrays),
    )


def _none() -> Texts:
    boxes, numbers = np.zeros((0, 4)), np.zeros(0, dtype=np.int64)
    colours = np.zeros((0, 4), dtype=np.int64)
    return Texts([], [], boxes, colours, numbers, numbers, boxes, np.zeros(0, dtype=np.bool_), np.zeros(0))


def _sizes(handles: Sequence[Handle], bounds: Boxes, matrix: Matrix) -> NDArray[np.float64]:
    sizes = np.full(len(handles), math.inf)
    thin = np.flatnonzero((bounds[:, 2] - bounds[:, 0] < TINY) | (bounds[:, 3] - bounds[:, 1] < TINY))
    small = [handles[number] for number in thin.tolist()]
    given = np.zeros((len(small), 1), dtype=np.float32)
    bulk.written(bulk.text_size, (small,), given)
    p, q, r, s, _, _ = matrix
    a, b, c, d = _matrices(small).T[:4]
    across = np.hypot(a * p + b * r, a * q + b * s)
    up = np.hypot(c * p + d * r, c * q + d * s)
    sizes[thin] = np.abs(given[:, 0].astype(np.float64)) * np.minimum(across, up)
    return sizes


def _matrices(handles: Sequence[Handle]) -> NDArray[np.float64]:
    out = np.zeros((len(handles), 6), dtype=np.float32)
    bulk.written(bulk.object_matrix, (handles,), out, whole_rows=True)
    return out.astype(np.float64)


def _colours(handles: Sequence[Handle], modes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The colour that shows: of the outline, where the text has no filling."""
    colours = _asked_colours(bulk.fill_colour, handles)
    stroked = np.flatnonzero((modes == STROKED[0]) | (modes == STROKED[1]))
    if len(stroked):
        colours[stroked] = _asked_colours(bulk.stroke_colour, [handles[number] for number in stroked.tolist()])
    return colours


def _asked_colours(ask: bulk.Ask, handles: Sequence[Handle]) -> NDArray[np.int64]:
    """Black where the colour is a pattern: patterns are made to be seen."""
    out = np.zeros((len(handles), 4), dtype=np.uint32)
    known = np.array(bulk.written(ask, (handles,), out), dtype=np.bool_)
    colours = out.astype(np.int64)
    colours[~known] = BLACK
    return colours


def _in_layer(handle: raw.FPDF_PAGEOBJECT) -> bool:
    name, size = _MarkName(), ctypes.c_ulong()
    for index in range(raw.FPDFPageObj_CountMarks(handle)):
        mark = raw.FPDFPageObj_GetMark(handle, index)
        raw.FPDFPageObjMark_GetName(mark, name, 16, size)
        if size.value == LAYER_BYTES and bytes(name[:2]) == b"OC":
            return True
    return False


def overlap(one: Bounds, other: Bounds) -> Bounds:
    """What two boxes share; a box of negative width or height where they share nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def area(box: Bounds) -> float:
    """Square points; 0 for a box of negative width or height."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _product(first: Sequence[float], then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(boxes: Boxes, matrix: Matrix) -> Boxes:
    a, b, c, d, e, f = matrix
    with np.errstate(invalid="ignore"):  # a clip that is none reaches to infinity
        xs = np.stack([a * boxes[:, i] + c * boxes[:, j] + e for i in (0, 2) for j in (1, 3)])
        ys = np.stack([b * boxes[:, i] + d * boxes[:, j] + f for i in (0, 2) for j in (1, 3)])
    moved = np.stack([xs.min(0), ys.min(0), xs.max(0), ys.max(0)], axis=1)
    return np.where(np.isfinite(boxes), moved, boxes)


def _tuple(bounds: NDArray[np.float64]) -> Bounds:
    left, bottom, right, top = bounds.tolist()
    return left, bottom, right, top
