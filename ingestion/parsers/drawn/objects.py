"""The objects of a PDF page, asked once for what ruled tables, hidden text and pictures all want to know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Ask, Handle, address_of


@dataclass(frozen=True)
class Objects:
    """The objects of one page or form in the order in which they are drawn, by their addresses.

    ``kinds`` are pdfium's; ``bounds`` are rows of left, bottom, right, top in the page's (or form's) own space, zeros
    for an object that is nowhere.
    """

    handles: list[Handle]
    kinds: NDArray[np.int32]
    bounds: NDArray[np.float64]

    def of(self, kind: int) -> list[int]:
        """The numbers of the objects of one kind."""
        found: list[int] = np.flatnonzero(self.kinds == kind).tolist()
        return found


def objects_on(page: pdfium.PdfPage) -> Objects:
    """The objects of a page; those inside a form are reached through it."""
    return _objects(bulk.object_on_page, address_of(page.raw), raw.FPDFPage_CountObjects(page.raw))


def objects_in(form: Handle) -> Objects:
    """The objects of a form."""
    return _objects(bulk.object_in_form, form, raw.FPDFFormObj_CountObjects(bulk.object_at(form)))


def _objects(ask: Ask, holder: Handle, count: int) -> Objects:
    handles = bulk.given(ask, bulk.same(holder), range(max(count, 0)))
    bounds = np.zeros((len(handles), 4), dtype=np.float32)
    bulk.written(bulk.object_bounds, (handles,), bounds)
    return Objects(handles, np.array(bulk.given(bulk.object_kind, handles), dtype=np.int32), bounds.astype(np.float64))
