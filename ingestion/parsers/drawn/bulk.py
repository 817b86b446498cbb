"""Asks pdfium one question of many glyphs or objects, in a loop that runs in C.

A call from Python costs a microsecond and more, most of it spent on wrapping handles and results. Here handles are
plain addresses and pdfium writes its answers straight into an array: a quarter of the cost.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as raw
from numpy.typing import NDArray

Ask = Callable[..., Any]
Handle = int
Pointer = ctypes.c_size_t


def function(known: object, result: type[Any], *arguments: type[Any]) -> Ask:
    """A function of ``pypdfium2.raw`` that takes and gives addresses as numbers."""
    address = ctypes.cast(known, ctypes.c_void_p).value  # type: ignore[arg-type]
    assert address is not None  # noqa: S101 - a loaded function has one
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


def address_of(handle: object) -> Handle:
    """The address behind a handle of ``pypdfium2.raw``."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def object_at(address: Handle) -> raw.FPDF_PAGEOBJECT:
    """The handle of ``pypdfium2.raw`` of a page object."""
    return ctypes.cast(address, raw.FPDF_PAGEOBJECT)


def given(ask: Ask, *subjects: Iterable[int]) -> list[int]:
    """What ``ask`` returns for each."""
    return list(map(ask, *subjects))


def written(ask: Ask, subjects: Sequence[Iterable[int]], out: NDArray[Any], *, whole_rows: bool = False) -> list[int]:
    """Lets ``ask`` fill the rows of ``out``, one a subject, and gives what it returned.

    It is passed the place of every number of its row, or with ``whole_rows`` of the first: a struct.
    """
    if len(out) == 0:
        return []
    start, step, size = out.ctypes.data, out.strides[0], out.itemsize
    columns = 1 if whole_rows else out.shape[1]
    places = (range(start + size * k, start + size * k + step * len(out), step) for k in range(columns))
    return list(map(ask, *subjects, *places))


def same(value: int) -> Iterable[int]:
    """One value for every subject."""
    return repeat(value)


_BOX = (Pointer,) * 4
char_box = function(raw.FPDFText_GetCharBox, ctypes.c_int, Pointer, ctypes.c_int, *_BOX)
char_code = function(raw.FPDFText_GetUnicode, ctypes.c_uint, Pointer, ctypes.c_int)
char_object = function(raw.FPDFText_GetTextObject, Pointer, Pointer, ctypes.c_int)
object_on_page = function(raw.FPDFPage_GetObject, Pointer, Pointer, ctypes.c_int)
object_in_form = function(raw.FPDFFormObj_GetObject, Pointer, Pointer, ctypes.c_ulong)
object_kind = function(raw.FPDFPageObj_GetType, ctypes.c_int, Pointer)
object_bounds = function(raw.FPDFPageObj_GetBounds, ctypes.c_int, Pointer, *_BOX)
object_matrix = function(raw.FPDFPageObj_GetMatrix, ctypes.c_int, Pointer, Pointer)
fill_colour = function(raw.FPDFPageObj_GetFillColor, ctypes.c_int, Pointer, *_BOX)
stroke_colour = function(raw.FPDFPageObj_GetStrokeColor, ctypes.c_int, Pointer, *_BOX)
text_mode = function(raw.FPDFTextObj_GetTextRenderMode, ctypes.c_int, Pointer)
text_size = function(raw.FPDFTextObj_GetFontSize, ctypes.c_int, Pointer, Pointer)
clip_path = function(raw.FPDFPageObj_GetClipPath, Pointer, Pointer)
clip_count = function(raw.FPDFClipPath_CountPaths, ctypes.c_int, Pointer)
clip_length = function(raw.FPDFClipPath_CountPathSegments, ctypes.c_int, Pointer, ctypes.c_int)
clip_segment = function(raw.FPDFClipPath_GetPathSegment, Pointer, Pointer, ctypes.c_int, ctypes.c_int)
text_rectangles = function(raw.FPDFText_CountRects, ctypes.c_int, Pointer, ctypes.c_int, ctypes.c_int)
text_rectangle = function(raw.FPDFText_GetRect, ctypes.c_int, Pointer, ctypes.c_int, *_BOX)
text_within = function(
    raw.FPDFText_GetBoundedText, ctypes.c_int, Pointer, *(ctypes.c_double,) * 4, Pointer, ctypes.c_int
)
char_size = function(raw.FPDFText_GetFontSize, ctypes.c_double, Pointer, ctypes.c_int)
char_matrix = function(raw.FPDFText_GetMatrix, ctypes.c_int, Pointer, ctypes.c_int, Pointer)
char_origin = function(raw.FPDFText_GetCharOrigin, ctypes.c_int, Pointer, ctypes.c_int, Pointer, Pointer)
char_font = function(raw.FPDFText_GetFontInfo, ctypes.c_ulong, Pointer, ctypes.c_int, Pointer, ctypes.c_ulong, Pointer)
segment_point = function(raw.FPDFPathSegment_GetPoint, ctypes.c_int, Pointer, Pointer, Pointer)


def char_boxes(text_page: Handle, start: int, end: int) -> NDArray[np.float64]:
    """Left, right, bottom and top of the glyphs from ``start`` to ``end``, a row each; zeros for one of no place."""
    out = np.zeros((end - start, 4), dtype=np.float64)
    written(char_box, (same(text_page), range(start, end)), out)
    return out
