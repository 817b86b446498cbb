"""Draws scanned pages whose words are known, from a seed: texts, type, layout and damage change with it.

The texts are those of fictional institutions that the scorer is trained on; nothing about reading pictures was ever
written with them in view. Simplified pages are the traditional texts in simplified characters.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
import opencc
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ingestion.ocr.types import Script

TEXTS = Path(__file__).resolve().parent / "training"
SETS = {"first": ("credit", "vbank", "lifeins"), "second": ("broker", "pension", "wallet")}  # no text is in both
LATIN, CJK = Path("/usr/share/fonts/truetype/dejavu"), Path("/usr/share/fonts/opentype/noto")
FONTS: dict[Script, tuple[tuple[Path, int], ...]] = {  # the file, and which of its faces
    Script.LATIN: tuple((LATIN / f"DejaVu{name}.ttf", 0) for name in ("Serif", "Sans", "SansCondensed")),
    Script.HANS: tuple((CJK / f"Noto{name}CJK-Regular.ttc", 2) for name in ("Serif", "Sans")),
    Script.HANT: tuple((CJK / f"Noto{name}CJK-Regular.ttc", 3) for name in ("Serif", "Sans")),
}
WIDE, HIGH, MARGIN = 595.0, 842.0, 56.0  # points
LEADING, GAP = 1.5, 0.7  # of the type size
GUTTER, PAD = 24.0, 4.0  # points
POINTS = 72
PIECE = re.compile(r"[!-~]+|.")  # figures and Latin words are not parted at the end of a Chinese line

Row = tuple[str, ...]


@dataclass(frozen=True)
class Scan:
    """A PDF of one picture, and the words on it line by line in reading order. ``seen_as`` is its damage."""

    name: str
    script: Script
    layout: str
    seen_as: str
    raw: bytes
    words: tuple[str, ...]


@dataclass(frozen=True)
class Damage:
    """What a scanner does to a page. ``degrees`` are counter-clockwise; ``quality`` is JPEG's, 1 to 95."""

    name: str
    dpi: int = 200
    degrees: int = 0
    quality: int = 85
    change: Callable[[Image.Image, random.Random], Image.Image] = lambda image, _: image


def _greyish(image: Image.Image, rng: random.Random) -> Image.Image:
    """Grey paper, pale ink, a shadow that grows to one side, grain."""
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, 9, (image.height, image.width))
    paper = np.linspace(232, 196, image.width)[None, :]
    ink = np.asarray(image.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float64) / 255
    return Image.fromarray(np.clip(70 + (paper - 70) * ink + noise, 0, 255).astype(np.uint8))


def _stamped(image: Image.Image, rng: random.Random) -> Image.Image:
    """A round stamp of two rings, printed through the words in a middle grey as red ink turns out."""
    pen, side = ImageDraw.Draw(stamp := Image.new("L", image.size, 255)), image.width // 5
    left, top = rng.randrange(image.width // 2, image.width - side), rng.randrange(image.height // 8, image.height // 2)
    for inset in (0, side // 10):
        pen.ellipse((left + inset, top + inset, left + side - inset, top + side - inset), outline=150, width=side // 40)
    font = ImageFont.truetype(str(LATIN / "DejaVuSans.ttf"), side // 8)
    pen.text((left + side / 2, top + side / 2), "RECEIVED", fill=150, font=font, anchor="mm")
    return Image.fromarray(np.minimum(np.asarray(image), np.asarray(stamp)))


DAMAGES = (
    *(Damage(f"{dpi} dpi", dpi) for dpi in (150, 200, 300)),
    *(Damage(f"turned {degrees}", degrees=degrees) for degrees in (90, 180, 270)),
    *(Damage(f"askew {degrees}", degrees=degrees) for degrees in (1, -2)),
    Damage("greyish", change=_greyish),
    Damage("stamped", change=_stamped),
    Damage("JPEG 20", quality=20),
    Damage("JPEG 20, 150 dpi, greyish", 150, quality=20, change=_greyish),
)
LAYOUTS = ("table", "two columns", "prose")


def scans(texts: str, seed: int) -> Iterator[Scan]:
    """Every damage in every script, the layouts taking turns. ``texts`` names one of ``SETS``."""
    for s, script in enumerate(FONTS):
        for d, damage in enumerate(DAMAGES):
            rng = random.Random(f"{texts} {seed} {script} {damage.name}")  # noqa: S311
            layout = LAYOUTS[(s + d + d // len(LAYOUTS) + seed) % len(LAYOUTS)]
            page = _Page(script, damage.dpi, rng)
            page.fill(layout, texts)
            image = damage.change(page.image, rng)
            image = image.rotate(damage.degrees, Image.Resampling.BICUBIC, damage.degrees % 90 == 0, fillcolor=255)
            name = f"{script} {layout}, {damage.name}"
            yield Scan(name, script, layout, damage.name, _pdf(image, damage), tuple(page.words))


def _pdf(image: Image.Image, damage: Damage) -> bytes:
    file = io.BytesIO()
    image.save(file, "PDF", resolution=damage.dpi, quality=damage.quality)
    return file.getvalue()


class _Page:
    """A page that fills from the top. Places are points."""

    def __init__(self, script: Script, dpi: int, rng: random.Random) -> None:
        self.image = Image.new("L", (round(WIDE * dpi / POINTS), round(HIGH * dpi / POINTS)), 255)
        self.words: list[str] = []
        self._script, self._dpi, self._rng = script, dpi, rng
        self._pen = ImageDraw.Draw(self.image)
        self._font, self._size = rng.choice(FONTS[script]), rng.choice((9.0, 10.0, 11.0))
        self._ruled = rng.random() < 0.67

    def fill(self, layout: str, texts: str) -> None:
        """Draws parts of a text until the page is full."""
        parts = _parts(texts, self._script, layout == "table")
        start = self._rng.randrange(len(parts) // 2)
        width = (WIDE - 2 * MARGIN - GUTTER) / 2 if layout == "two columns" else WIDE - 2 * MARGIN
        lefts = [MARGIN, MARGIN + width + GUTTER] if layout == "two columns" else [MARGIN]
        following = count(start)
        for left in lefts:
            top = MARGIN
            while (at := next(following)) < len(parts):
                under = self._draw(parts[at], left, top, width)
                if under is None:
                    break
                top = under + GAP * self._size

    def _draw(self, part: str | tuple[Row, ...], left: float, top: float, width: float) -> float | None:
        """Where the part ends; None where it does not fit, and nothing is drawn."""
        return self._prose(part, left, top, width) if isinstance(part, str) else self._table(part, left, top, width)

    def _prose(self, text: str, left: float, top: float, width: float) -> float | None:
        size = self._size * (1.3 if text.startswith("#") else 1.0)
        lines = self._wrapped(text.lstrip("# "), width, size)
        under = top + LEADING * size * len(lines)
        if under > HIGH - MARGIN:
            return None
        self._lines(lines, left, top, size)
        return under

    def _table(self, rows: tuple[Row, ...], left: float, top: float, width: float) -> float | None:
        """As many rows as fit; None for fewer than three."""
        shares = [1.6] + [1.0] * (len(rows[0]) - 1)
        edges = [left + width * sum(shares[:n]) / sum(shares) for n in range(len(shares) + 1)]
        for number, row in enumerate(rows):
            cells = [self._wrapped(c, edges[n + 1] - edges[n] - 2 * PAD, self._size) for n, c in enumerate(row)]
            under = top + LEADING * self._size * max(map(len, cells)) + PAD
            if under > HIGH - MARGIN:
                return top if number >= 3 else None
            for n, cell in enumerate(cells):
                self._lines(cell, edges[n] + PAD, top + PAD / 2, self._size)
            self._rules(edges, top, under)
            top = under
        return top

    def _rules(self, edges: Sequence[float], top: float, under: float) -> None:
        if self._ruled:
            for x0, y0, x1, y1 in (
                *((edges[0], y, edges[-1], y) for y in (top, under)),
                *((x, top, x, under) for x in edges),
            ):
                self._pen.line([self._at(v) for v in (x0, y0, x1, y1)], fill=0, width=max(1, self._dpi // 150))

    def _lines(self, lines: Sequence[str], left: float, top: float, size: float) -> None:
        for number, line in enumerate(lines):
            place = (self._at(left), self._at(top + LEADING * size * number))
            self._pen.text(place, line, fill=0, font=_face(self._font, self._at(size)))
            self.words.append(line)

    def _wrapped(self, text: str, width: float, size: float) -> list[str]:
        face, lines = _face(self._font, self._at(size)), [""]
        pieces = text.split(" ") if self._script is Script.LATIN else PIECE.findall(text)
        glue = " " if self._script is Script.LATIN else ""
        for piece in pieces:
            longer = f"{lines[-1]}{glue}{piece}" if lines[-1] else piece
            if lines[-1] and face.getlength(longer) > self._at(width) and piece not in "，。；：、）」":
                lines.append(piece)
            else:
                lines[-1] = longer
        return [line.strip() for line in lines if line.strip()]

    def _at(self, points: float) -> int:
        return round(points * self._dpi / POINTS)


@cache
def _face(font: tuple[Path, int], size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font[0]), size, index=font[1])


@cache
def _parts(texts: str, script: Script, tables: bool) -> tuple[str | tuple[Row, ...], ...]:
    """Headings, paragraphs and (where wanted) tables of the set, in order."""
    end = "-en.md" if script is Script.LATIN else "-zh.md"
    paths = [p for name in SETS[texts] for p in sorted((TEXTS / name / "documents").iterdir()) if p.name.endswith(end)]
    convert = opencc.OpenCC("t2s").convert if script is Script.HANS else str
    blocks = [block for path in paths for block in convert(path.read_text("utf-8")).split("\n\n") if block.strip()]
    parts = (_rows(block) if block.startswith("|") else _plain(block) for block in blocks)
    return tuple(part for part in parts if tables or isinstance(part, str))


def _plain(block: str) -> str:
    return " ".join(block.replace("**", "").replace("\\", "").split())


def _rows(block: str) -> tuple[Row, ...]:
    lines = [line for line in block.split("\n") if line.startswith("|") and set(line) - set("|-: ")]
    rows = [tuple(_plain(cell) for cell in line.strip("|").split("|")) for line in lines]
    return tuple(row for row in rows if len(row) == len(rows[0]))
