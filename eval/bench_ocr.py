"""Reads scans made of sample documents whose words are known: ``python -m eval.bench_ocr [QUICK]``. Not a test.

A scan is a page drawn at 150, 200 or 300 dots an inch, turned or slanted. Simplified pages are the traditional ones
drawn anew, character by character. Printed: the characters missed and made up (in thousandths of the page's, in any
order, so that reading order does not count), the page's figures not found whole, the mean confidence and the seconds.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import opencc
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ingestion.ocr import rapid, rulings, tesseract
from ingestion.ocr.mending import mended
from ingestion.ocr.reader import Reader
from ingestion.ocr.types import Engine, Line, Picture, Script, confidence
from ingestion.parsers.drawn.glyphs import Glyphs
from ingestion.parsers.drawn.lettering import reading

ROOT = Path(__file__).resolve().parents[1] / "knowledge_bases"
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
PAGES = {
    Script.LATIN: ("harbour-bank/documents/general-terms-en", "peak-mpf/documents/fee-schedule-en"),
    Script.HANT: ("peak-mpf/documents/guarantee-terms-zh", "harbour-bank/documents/card-fees-zh"),
}  # the second of each is tabular
FIGURE = re.compile(r"\d[\d,.]*\d|\d")
DRAWN_DPI = 200

Read = Callable[[Picture, Script], tuple[Line, ...]]


@dataclass(frozen=True)
class Scan:
    """A picture and the words on it."""

    name: str
    script: Script
    picture: Picture
    words: str


def scans(quick: bool) -> Iterator[Scan]:
    """Every kind of page; quick: only upright ones at 200 dots an inch."""
    for dpi in (200,) if quick else (200, 150, 300):
        for script, names in PAGES.items():
            for kind, name in zip(("prose", "table"), names, strict=True):
                yield _scan(f"{script} {kind} {dpi}", script, name, dpi)
                if script is Script.HANT:
                    yield _simplified(f"{Script.HANS} {kind} {dpi}", name, dpi)
    if not quick:
        for script, (name, _) in PAGES.items():
            upright = _scan("", script, name, DRAWN_DPI)
            for turns in (1, 2):
                yield _changed(f"{script} turned {90 * turns}", upright, np.rot90(upright.picture.pixels, turns))
            image = Image.fromarray(upright.picture.pixels)
            yield _changed(f"{script} slanted 2", upright, np.asarray(image.rotate(2, fillcolor=255)))
            yield _changed(f"{script} blurred", upright, np.asarray(image.filter(ImageFilter.GaussianBlur(1.6))))
            yield _changed(f"{script} blurred much", upright, np.asarray(image.filter(ImageFilter.GaussianBlur(2.6))))


def main(quick: bool) -> None:
    """Print a line for every scan and way to read it."""
    ways = dict(_ways())
    for scan in scans(quick):
        for name, read in ways.items():
            start = time.perf_counter()
            lines = read(scan.picture, scan.script)
            seconds = time.perf_counter() - start
            text = "".join(letter.text for line in lines for word in line.words for letter in word)
            missed, made_up = _errors(scan.words, text)
            figures = Counter(FIGURE.findall(scan.words)) - Counter(
                FIGURE.findall(" ".join("".join(x.text for x in word) for line in lines for word in line.words))
            )
            print(
                f"{scan.name:<22} {name:<10} missed {missed:5.1f}  made up {made_up:5.1f}  "
                f"figures {figures.total():3d} of {len(FIGURE.findall(scan.words)):3d}  "
                f"sure {confidence(lines):.3f}  {seconds:5.1f} s",
                flush=True,
            )


def _ways() -> Iterator[tuple[str, Read]]:
    reader = Reader()
    for engine in (tesseract.installed(), rapid.installed()):
        if engine is not None:
            yield engine.name, partial(_alone, engine)
    yield "product", lambda picture, _: reader.read(picture).lines


def _alone(engine: Engine, picture: Picture, script: Script) -> tuple[Line, ...]:
    """One engine on the picture as it lies, told the script; prepared and mended as in the product."""
    lines = engine.read(rulings.without(picture, rulings.strokes(picture)), script)
    return tuple(mended(line) for line in lines)


def _errors(true: str, read: str) -> tuple[float, float]:
    wanted, found = Counter("".join(reading(true).split())), Counter("".join(read.split()))
    missed, made_up = wanted - found, found - wanted
    return 1000 * missed.total() / wanted.total(), 1000 * made_up.total() / wanted.total()


def _scan(label: str, script: Script, name: str, dpi: int) -> Scan:
    page = pdfium.PdfDocument(ROOT / f"{name}.pdf")[0]
    pixels = page.render(scale=dpi / 72, grayscale=True).to_numpy()
    picture = Picture(np.ascontiguousarray(pixels.reshape(pixels.shape[:2])), dpi)
    return Scan(label, script, picture, page.get_textpage().get_text_range())


def _simplified(label: str, name: str, dpi: int) -> Scan:
    page = pdfium.PdfDocument(ROOT / f"{name}.pdf")[0]
    glyphs = Glyphs(page, 1)
    width, height = (round(side * dpi / 72) for side in page.get_size())
    image, convert = Image.new("L", (width, height), 255), opencc.OpenCC("t2s").convert
    pen, words = ImageDraw.Draw(image), []
    for segment in (segment for line in glyphs.lines for segment in glyphs.segments(line)):
        text = convert(segment.text)
        font = ImageFont.truetype(str(FONT), round(segment.size * dpi / 72))
        left, base = segment.box[0] * dpi / 72, segment.base * dpi / 72
        pen.text((left, base), text, font=font, fill=0, anchor="ls")
        words.append(text)
    return Scan(label, Script.HANS, Picture(np.asarray(image), dpi), "\n".join(words))


def _changed(name: str, scan: Scan, pixels: np.ndarray) -> Scan:
    return Scan(name, scan.script, Picture(np.ascontiguousarray(pixels), scan.picture.dpi), scan.words)


if __name__ == "__main__":
    main(quick=len(sys.argv) > 1)
