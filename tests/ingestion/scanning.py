"""Makes small scans for tests: pages of words as pictures, in a PDF of pictures only."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from ingestion.ocr import tesseract
from tests.ingestion.printing import Line, Rule, pdf
from tests.requirements import missing

DPI = 200
CJK_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def picture(page: Sequence[Line | Rule]) -> Image.Image:
    """One page of Latin words as a picture."""
    document = pypdfium2.PdfDocument(pdf(list(page)))
    return document[0].render(scale=DPI / 72, grayscale=True).to_pil()


def chinese(lines: Sequence[str], size: int = 32) -> Image.Image:
    """A short page of Chinese lines as a picture."""
    if not CJK_FONT.is_file():
        missing("ocr", f"no font at {CJK_FONT}: install fonts-noto-cjk")
    image = Image.new("L", (1200, 400), 255)
    font = ImageFont.truetype(str(CJK_FONT), size)
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((80, 60 + 56 * number), line, font=font, fill=0)
    return image


def scanned(*pictures: Image.Image) -> bytes:
    """A PDF with one picture a page."""
    file = io.BytesIO()
    pictures[0].save(file, "PDF", resolution=DPI, save_all=True, append_images=pictures[1:])
    return file.getvalue()


@pytest.fixture
def tesseract_here() -> tesseract.Tesseract:
    """Tesseract with its languages; skips with the reason where it is missing."""
    found = tesseract.installed()
    if found is None:
        missing("ocr", "tesseract with eng, chi_tra and chi_sim is not installed")
    return found
