"""Whether a PDF may have optional layers. pdfium does not say, and to ask every object for its layer is dear."""

from __future__ import annotations

import re
import zlib

PACKED = re.compile(rb"/ObjStm\b.{0,200}?stream\r?\n", re.DOTALL)
MARKS = (b"/OCProperties", b"/OCG")
MOST_BYTES = 2**22  # of one packed stream


def may_have_layers(raw: bytes) -> bool:
    """Whether the file, or a stream of objects packed in it, names layers; True where that cannot be read."""
    if any(mark in raw for mark in MARKS) or b"/Encrypt" in raw:
        return True
    return any(mark in _unpacked(raw, found.end()) for found in PACKED.finditer(raw) for mark in MARKS)


def _unpacked(raw: bytes, start: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(raw[start:], MOST_BYTES)
    except zlib.error:
        return MARKS[0]
