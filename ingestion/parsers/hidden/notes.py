"""Annotations of a PDF page: they are no part of its text, but may cover it, and may speak to a model."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from guardrails.document_orders import order_in
from ingestion.parsers.hidden.drawn import Bounds
from ingestion.parsers.hidden.report import hidden_text
from knowledge_bases.parsed import HiddenText, Hiding

COVERS = frozenset(
    {raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_REDACT, raw.FPDF_ANNOT_CIRCLE}
    | {raw.FPDF_ANNOT_WIDGET}
)
UNSEEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
SPEAKING = (b"Contents", b"V", b"TU", b"DV")  # a note's words; a form field's value, name for readers and default
MOST_BYTES = 8_192


def opaque_boxes(page: pdfium.PdfPage) -> list[Bounds]:
    """Where an annotation may lie over the words, in the page's own space."""
    return [_box(note) for kind, note in _notes(page) if kind in COVERS]


def orders_on(page: pdfium.PdfPage, number: int) -> Iterator[HiddenText]:
    """Annotations that give orders to a model, and words of those that are not shown at all."""
    for kind, note in _notes(page):
        words = " ".join(filter(None, (_string(note, key) for key in SPEAKING)))
        if kind != raw.FPDF_ANNOT_POPUP and raw.FPDFAnnot_GetFlags(note) & UNSEEN:
            yield from hidden_text(Hiding.NOT_SHOWN, words, number, "annotation")
        elif words:
            yield from hidden_text(Hiding.INSTRUCTION, order_in(words) or "", number, "annotation")


def _notes(page: pdfium.PdfPage) -> Iterator[tuple[int, raw.FPDF_ANNOTATION]]:
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        note = raw.FPDFPage_GetAnnot(page.raw, index)
        kind = raw.FPDFAnnot_GetSubtype(note)
        if kind != raw.FPDF_ANNOT_LINK:
            yield kind, note
        raw.FPDFPage_CloseAnnot(note)


def _box(note: raw.FPDF_ANNOTATION) -> Bounds:
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(note, box)
    return box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top)


def _string(note: raw.FPDF_ANNOTATION, key: bytes) -> str:
    buffer = ctypes.create_string_buffer(MOST_BYTES)
    units = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
    size = raw.FPDFAnnot_GetStringValue(note, key, units, MOST_BYTES)
    return buffer.raw[: min(size, MOST_BYTES)].decode("utf-16-le", errors="ignore").rstrip("\0")
