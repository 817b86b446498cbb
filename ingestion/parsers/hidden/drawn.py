"""What a PDF page draws, object by object: where, in which colour, under which clip. Points of the page's own space.

A call into pdfium costs a microsecond and a page has hundreds of objects, so each is asked only what suspicion needs.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

Bounds = tuple[float, float, float, float]  # left, bottom, right, top
Matrix = tuple[float, float, float, float, float, float]

SAME: Matrix = (1, 0, 0, 1, 0, 0)
DEEPEST = 8  # forms within forms
SIDES_OF_RECTANGLE = 6
SEGMENTS = 64
LAYER_BYTES = 6  # "OC" and an end mark, in UTF-16
TINY = 2.0  # points


@dataclass(frozen=True)
class Text:
    """A piece of text. ``size`` is its type as drawn, in points; infinite where its bounds are not tiny.

    ``behind`` is how many surfaces were drawn before it; ``clip`` is None where nothing clips it.
    """

    handle: raw.FPDF_PAGEOBJECT
    bounds: Bounds
    rgba: tuple[int, int, int, int]
    mode: int
    behind: int
    clip: Bounds | None
    layered: bool
    size: float
    form: raw.FPDF_PAGEOBJECT | None


@dataclass(frozen=True)
class Surface:
    """A filled shape (``rgba``), or a picture or shading (None). ``whole``: it fills its bounds, and is opaque."""

    bounds: Bounds
    rgba: tuple[int, int, int, int] | None
    whole: bool
    picture: bool


@dataclass
class Drawing:
    """The text and the surfaces of one page, in the order in which they are drawn."""

    texts: list[Text] = field(default_factory=list)
    surfaces: list[Surface] = field(default_factory=list)


def drawing_of(page: pdfium.PdfPage, *, layers: bool) -> Drawing:
    """All that is drawn on ``page``. ``layers``: the file may have optional layers, so that marks must be read."""
    survey = _Survey(layers)
    count = raw.FPDFPage_CountObjects(page.raw)
    survey.read((raw.FPDFPage_GetObject(page.raw, index) for index in range(count)), SAME, None, 0)
    return survey.drawing


class _Survey:
    """One pass over the objects of a page."""

    def __init__(self, layers: bool) -> None:
        self.drawing = Drawing()
        self._layers = layers
        self._box = tuple(ctypes.c_float() for _ in range(4))
        self._colour = tuple(ctypes.c_uint() for _ in range(4))
        self._clips: dict[int, Bounds] = {}

    def read(self, objects: Iterator[raw.FPDF_PAGEOBJECT], matrix: Matrix, form: object, depth: int) -> None:
        for handle in objects:
            match raw.FPDFPageObj_GetType(handle):
                case raw.FPDF_PAGEOBJ_TEXT:
                    self.drawing.texts.append(self._text(handle, matrix, form))
                case raw.FPDF_PAGEOBJ_PATH:
                    self._path(handle, matrix)
                case raw.FPDF_PAGEOBJ_IMAGE | raw.FPDF_PAGEOBJ_SHADING:
                    self._surface(handle, matrix, None, whole=False)
                case raw.FPDF_PAGEOBJ_FORM if depth < DEEPEST:
                    self._form(handle, matrix, depth)

    def _form(self, handle: raw.FPDF_PAGEOBJECT, matrix: Matrix, depth: int) -> None:
        own = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(handle, own)
        inner = _product((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
        count = raw.FPDFFormObj_CountObjects(handle)
        self.read((raw.FPDFFormObj_GetObject(handle, index) for index in range(count)), inner, handle, depth + 1)

    def _text(self, handle: raw.FPDF_PAGEOBJECT, matrix: Matrix, form: object) -> Text:
        mode = raw.FPDFTextObj_GetTextRenderMode(handle)
        layered = self._layers and _in_layer(handle)
        clip = self._clip(handle)
        placed = None if clip is None else _moved(clip, matrix)
        colour = self._rgba(handle, stroked=mode in {1, 5})
        behind = len(self.drawing.surfaces)
        bounds = self._bounds(handle, matrix)
        size = self._size(handle, matrix) if min(bounds[2] - bounds[0], bounds[3] - bounds[1]) < TINY else math.inf
        return Text(handle, bounds, colour, mode, behind, placed, layered, size, form)

    def _size(self, handle: raw.FPDF_PAGEOBJECT, matrix: Matrix) -> float:
        size, own = ctypes.c_float(), raw.FS_MATRIX()
        raw.FPDFTextObj_GetFontSize(handle, size)
        raw.FPDFPageObj_GetMatrix(handle, own)
        a, b, c, d, _, _ = _product((own.a, own.b, own.c, own.d, 0, 0), matrix)
        return abs(size.value) * min(math.hypot(a, b), math.hypot(c, d))

    def _path(self, handle: raw.FPDF_PAGEOBJECT, matrix: Matrix) -> None:
        left, bottom, right, top = self._bounds(handle, matrix)
        if min(right - left, top - bottom) < 2:
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(handle, fill, stroke)
        if fill.value:
            whole = raw.FPDFPath_CountSegments(handle) <= SIDES_OF_RECTANGLE
            self._surface(handle, matrix, self._rgba(handle), whole=whole)

    def _surface(
        self, handle: raw.FPDF_PAGEOBJECT, matrix: Matrix, rgba: tuple[int, int, int, int] | None, *, whole: bool
    ) -> None:
        opaque = whole and rgba is not None and rgba[3] == 255
        bounds = self._bounds(handle, matrix)
        self.drawing.surfaces.append(Surface(bounds, rgba, opaque, picture=rgba is None))

    def _bounds(self, handle: raw.FPDF_PAGEOBJECT, matrix: Matrix) -> Bounds:
        left, bottom, right, top = self._box
        if not raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
            return (0.0, 0.0, 0.0, 0.0)
        bounds = (left.value, bottom.value, right.value, top.value)
        return bounds if matrix is SAME else _moved(bounds, matrix)

    def _rgba(self, handle: raw.FPDF_PAGEOBJECT, *, stroked: bool = False) -> tuple[int, int, int, int]:
        """Black where the colour is a pattern: patterns are made to be seen."""
        r, g, b, a = self._colour
        ask = raw.FPDFPageObj_GetStrokeColor if stroked else raw.FPDFPageObj_GetFillColor
        return (r.value, g.value, b.value, a.value) if ask(handle, r, g, b, a) else (0, 0, 0, 255)

    def _clip(self, handle: raw.FPDF_PAGEOBJECT) -> Bounds | None:
        """Objects under one clip share its points in memory, so each clip is measured once."""
        path = raw.FPDFPageObj_GetClipPath(handle)
        count = raw.FPDFClipPath_CountPaths(path)
        if count <= 0:
            return None
        clip = self._clip_part(path, 0)
        for index in range(1, count):
            clip = overlap(clip, self._clip_part(path, index))
        return clip

    def _clip_part(self, path: raw.FPDF_CLIPPATH, index: int) -> Bounds:
        first = raw.FPDFClipPath_GetPathSegment(path, index, 0)
        if not first:
            return (0.0, 0.0, 0.0, 0.0)
        place = ctypes.addressof(first.contents)
        if place not in self._clips:
            self._clips[place] = _extent(path, index)
        return self._clips[place]


def overlap(one: Bounds, other: Bounds) -> Bounds:
    """What two boxes share; a box of negative width or height where they share nothing."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def area(box: Bounds) -> float:
    """Square points; 0 for a box of negative width or height."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _extent(path: raw.FPDF_CLIPPATH, index: int) -> Bounds:
    x, y = ctypes.c_float(), ctypes.c_float()
    xs, ys = [], []
    for number in range(min(raw.FPDFClipPath_CountPathSegments(path, index), SEGMENTS)):
        raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(path, index, number), x, y)
        xs.append(x.value)
        ys.append(y.value)
    return min(xs), min(ys), max(xs), max(ys)


def _in_layer(handle: raw.FPDF_PAGEOBJECT) -> bool:
    name, size = (ctypes.c_ushort * 8)(), ctypes.c_ulong()
    for index in range(raw.FPDFPageObj_CountMarks(handle)):
        mark = raw.FPDFPageObj_GetMark(handle, index)
        raw.FPDFPageObjMark_GetName(mark, name, 16, size)
        if size.value == LAYER_BYTES and bytes(name[:2]) == b"OC":
            return True
    return False


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(box: Bounds, matrix: Matrix) -> Bounds:
    a, b, c, d, e, f = matrix
    points = [(a * x + c * y + e, b * x + d * y + f) for x in box[::2] for y in box[1::2]]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
