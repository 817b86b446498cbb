"""Pages of a PDF as PNG images: what a customer sees instead of the file itself.

An image is kept under the file's hash and the page's number; a PDF never changes under its hash.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

import pypdfium2

POINTS_TO_PIXELS = 2.0  # 144 dots an inch: sharp on a phone
MAX_SIDE_PIXELS = 2400  # a poster is shown smaller, not refused

_pdfium = Lock()  # PDFium is not thread-safe


class PageNotDrawn(Exception):
    """The page can't be shown: the file has no such page, or PDFium cannot read it."""


class PageImages:
    """Draws pages and keeps them in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def png(self, file_sha256: str, page: int, original: Callable[[], bytes]) -> bytes:
        """Page ``page`` (1-based) as PNG; ``original`` reads the file if the image isn't there yet.

        Raises:
            PageNotDrawn.
        """
        kept = self._folder / file_sha256[:2] / f"{file_sha256}-{page}.png"
        if kept.is_file():
            return kept.read_bytes()
        image = draw_page(original(), page)
        _keep(kept, image)
        return image


def draw_page(pdf: bytes, page: int) -> bytes:
    """One page of a PDF as PNG.

    Raises:
        PageNotDrawn.
    """
    with _pdfium:
        try:
            return _draw(pdf, page)
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise PageNotDrawn(f"page {page} can't be drawn: {error}; see the document's ingestion report") from error


def _draw(pdf: bytes, page: int) -> bytes:
    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 1 <= page <= len(document):
            raise IndexError(f"the file has {len(document)} pages")
        drawn = document[page - 1]
        scale = min(POINTS_TO_PIXELS, MAX_SIDE_PIXELS / max(drawn.get_size()))
        target = BytesIO()
        drawn.render(scale=scale).to_pil().save(target, format="PNG", optimize=True)
        return target.getvalue()
    finally:
        document.close()


def _keep(path: Path, image: bytes) -> None:
    """Writes in one step: a reader sees the whole image or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as part:
        part.write(image)
    os.replace(part.name, path)
