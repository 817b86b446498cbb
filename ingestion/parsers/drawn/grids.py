"""Finds ruled tables: pdfium gives the lines drawn on the page, pdfplumber's geometry makes cells of them.

pdfplumber's own reading of the page is ten pages a second; its geometry alone costs next to nothing.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingestion.parsers.drawn.bulk import Handle, object_at
from ingestion.parsers.drawn.objects import Objects
from ingestion.parsers.drawn.place import placement
from ingestion.parsers.drawn.segment import union
from ingestion.parsers.elements import Box

THIN = 2.5
SHORTEST = 4.0
SNAP = 3.0
MOST_EDGES = 4000  # a drawing, not a table: the geometry is quadratic
MOST_POINTS = 500

Crossings = Mapping[tuple[float, float], Mapping[str, Sequence[Mapping[str, float]]]]  # with the lines that cross


@dataclass(frozen=True)
class Lattice:
    """The cells of one ruled table. ``rows[r][c]`` is the box of the cell there, None where another spans across."""

    box: Box
    rows: tuple[tuple[Box | None, ...], ...]


def find(page: pdfium.PdfPage, objects: Objects) -> list[Lattice]:
    """The ruled tables of a page that have at least two rows and two columns, top to bottom."""
    return of_edges(list(_edges(page, objects)))


def of_edges(edges: Sequence[Box]) -> list[Lattice]:
    """The tables that ruling lines, given as thin boxes, make up."""
    horizontal = sum(box[3] - box[1] <= THIN for box in edges)
    if horizontal < 3 or len(edges) - horizontal < 2 or len(edges) > MOST_EDGES:
        return []
    from pdfplumber.table import cells_to_tables, edges_to_intersections, merge_edges

    merged = merge_edges([_edge(box) for box in edges], SNAP, SNAP, SNAP, SNAP)
    cells = list(_cells(edges_to_intersections(merged, SNAP, SNAP)))
    lattices = [_lattice(table) for table in cells_to_tables(cells)]
    return [found for found in lattices if len(found.rows) > 1 and len(found.rows[0]) > 1]


def _cells(crossings: Crossings) -> Iterator[Box]:
    """The smallest rectangle right of and below each crossing whose four sides are drawn."""
    upright = {point: _boxes(lines["v"]) for point, lines in crossings.items()}
    level = {point: _boxes(lines["h"]) for point, lines in crossings.items()}
    columns, rows = defaultdict(list), defaultdict(list)
    for x, y in sorted(crossings):
        columns[x].append(y)
        rows[y].append(x)
    for point in sorted(crossings):
        x, y = point
        lower = [(x, other) for other in columns[x] if other > y]
        lower = [other for other in lower if not upright[point].isdisjoint(upright[other])]
        beside = [(other, y) for other in rows[y] if other > x] if lower else []
        beside = [other for other in beside if not level[point].isdisjoint(level[other])]
        for left, right in product(lower, beside):
            corner = right[0], left[1]
            if (
                corner in crossings
                and not upright[corner].isdisjoint(upright[right])
                and not level[corner].isdisjoint(level[left])
            ):
                yield *point, *corner
                break


def _boxes(lines: Sequence[Mapping[str, float]]) -> frozenset[Box]:
    return frozenset((line["x0"], line["top"], line["x1"], line["bottom"]) for line in lines)


def _lattice(cells: Sequence[Box]) -> Lattice:
    columns = sorted({cell[0] for cell in cells})
    tops = sorted({cell[1] for cell in cells})
    at = {(cell[1], cell[0]): cell for cell in cells}
    rows = tuple(tuple(at.get((top, left)) or _above(cells, top, left) for left in columns) for top in tops)
    return Lattice(union(cells), rows)


def _above(cells: Sequence[Box], top: float, left: float) -> Box | None:
    """The cell that began higher up in the same column and reaches down into this row."""
    return next((cell for cell in cells if cell[0] == left and cell[1] < top < cell[3] - 1), None)


def _edge(box: Box) -> dict[str, object]:
    left, top, right, bottom = box
    if bottom - top <= THIN:
        middle = (top + bottom) / 2
        ends: dict[str, object] = {"orientation": "h", "top": middle, "bottom": middle, "x0": left, "x1": right}
    else:
        middle = (left + right) / 2
        ends = {"orientation": "v", "x0": middle, "x1": middle, "top": top, "bottom": bottom}
    return {**ends, "width": right - left, "height": bottom - top, "object_type": "line"}


def _edges(page: pdfium.PdfPage, objects: Objects) -> Iterator[Box]:
    """Thin boxes, horizontal or vertical, for every ruling line on the page."""
    place = placement(page)
    paths = objects.of(raw.FPDF_PAGEOBJ_PATH)
    for number, (left, bottom, right, top) in zip(paths, objects.bounds[paths].tolist(), strict=True):
        yield from (place(*box) for box in _rulings(objects.handles[number], (left, bottom, right, top)))


def _rulings(handle: Handle, bounds: Box) -> Iterator[Box]:
    wide, high = bounds[2] - bounds[0], bounds[3] - bounds[1]
    if min(wide, high) > THIN:
        shape = object_at(handle)
        if _stroked(shape):
            yield from _strokes(shape)
    elif max(wide, high) >= SHORTEST:
        yield bounds


def _stroked(shape: raw.FPDF_PAGEOBJECT) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape, fill, stroke)
    return bool(stroke.value)


def _strokes(shape: raw.FPDF_PAGEOBJECT) -> Iterator[Box]:
    """The straight sides of a path: from each point to the next, where that is along an axis."""
    count = raw.FPDFPath_CountSegments(shape)
    move = _mover(shape)
    before: tuple[float, float] | None = None
    for index in range(min(count, MOST_POINTS)):
        segment = raw.FPDFPath_GetPathSegment(shape, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = move(x.value, y.value)
        drawn = raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_LINETO
        if before is not None and drawn:
            yield from _side(before, point)
        before = point


def _side(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Box]:
    wide, high = abs(a[0] - b[0]), abs(a[1] - b[1])
    if min(wide, high) <= 1.0 and max(wide, high) >= SHORTEST:
        yield min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])


def _mover(shape: raw.FPDF_PAGEOBJECT) -> Callable[[float, float], tuple[float, float]]:
    m = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(shape, m)
    return lambda x, y: (m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f)
