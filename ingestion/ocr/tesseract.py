"""Tesseract, Debian's program, over pipes: a picture in, hOCR with the place of every character out."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from ingestion.ocr.types import Box, Letter, Line, Picture, RecognitionFailed, Script

MODELS = {Script.LATIN: "eng", Script.HANT: "chi_tra", Script.HANS: "chi_sim"}
NEEDED = frozenset({*MODELS.values(), "osd"})
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/local/bin", "OMP_THREAD_LIMIT": "1"}  # more threads make it slower
LONGEST_S = 60.0  # a page at 300 dpi takes 2 to 6
NUMBER = r"(-?[\d.]+)"
BOX = re.compile(rf"bboxe?s? {NUMBER} {NUMBER} {NUMBER} {NUMBER}")
BASELINE = re.compile(rf"baseline {NUMBER} {NUMBER}")
SIZE = re.compile(rf"x_size {NUMBER}")
CONFIDENCE = re.compile(rf"x_conf {NUMBER}")
TURN = re.compile(r"^Rotate: (\d+)", re.MULTILINE)
KIND = re.compile(r"^Script: (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Facing:
    """How a page lies. ``turns``: quarter turns clockwise that make it upright."""

    turns: int
    chinese: bool


@dataclass(frozen=True)
class Tesseract:
    """The installed program. ``longest_s``: after so many seconds a picture is given up."""

    program: str
    longest_s: float = LONGEST_S

    @property
    def name(self) -> str:
        """See ``Engine``."""
        return "tesseract"

    def read(self, picture: Picture, script: Script) -> tuple[Line, ...]:
        """See ``Engine``."""
        wanted = ["-l", MODELS[script], "--psm", "3", "-c", "tessedit_create_hocr=1", "-c", "hocr_char_boxes=1"]
        page = self._run(picture, wanted)
        try:
            root = etree.fromstring(page, etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False))
        except etree.XMLSyntaxError as error:
            raise RecognitionFailed("the reading of its picture could not be understood") from error
        return tuple(_lines(root))

    def facing(self, picture: Picture) -> Facing | None:
        """How the page lies and whether it is Chinese; None where there are too few words to tell."""
        try:
            found = self._run(picture, ["--psm", "0"]).decode(errors="replace")
        except RecognitionFailed:
            return None
        turn, kind = TURN.search(found), KIND.search(found)
        if turn is None or kind is None:
            return None
        return Facing(int(turn.group(1)) // 90 % 4, kind.group(1) not in {"Latin", "Cyrillic"})

    def _run(self, picture: Picture, options: list[str]) -> bytes:
        height, width = picture.pixels.shape
        content = b"P5\n%d %d\n255\n" % (width, height) + picture.pixels.tobytes()
        command = [self.program, "-", "-", "--dpi", str(picture.dpi), *options]
        try:
            done = subprocess.run(  # noqa: S603 - the installed program, its options are ours
                command, input=content, capture_output=True, env=ENVIRONMENT, timeout=self.longest_s, check=True
            )
        except subprocess.TimeoutExpired as error:
            raise RecognitionFailed(f"its picture took longer than {self.longest_s:g} seconds to read") from error
        except (subprocess.CalledProcessError, OSError) as error:
            raise RecognitionFailed("its picture could not be read") from error
        return done.stdout


@cache
def installed() -> Tesseract | None:
    """Tesseract with English, both kinds of Chinese and orientation; None where any of them is missing."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    done = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=False)  # noqa: S603
    languages = set(done.stdout.decode(errors="replace").split())
    return Tesseract(program) if languages >= NEEDED else None


def _lines(root: etree._Element) -> Iterator[Line]:
    """Elements that hold words are lines, whatever kind of line Tesseract takes them for."""
    words: dict[etree._Element, list[etree._Element]] = {}
    for word in root.iter("{*}span"):
        parent = word.getparent()
        if word.get("class") == "ocrx_word" and parent is not None:
            words.setdefault(parent, []).append(word)
    for line, parts in words.items():
        read = tuple(letters for word in parts if (letters := tuple(_letters(word))))
        if read:
            yield _line(line.get("title") or "", read)


def _line(title: str, words: tuple[tuple[Letter, ...], ...]) -> Line:
    box = _box(title)
    slope, offset = _numbers(BASELINE, title) or (0.0, 0.0)
    (size,) = _numbers(SIZE, title) or (box[3] - box[1],)
    middle = slope * (box[2] - box[0]) / 2
    return Line(words, box, box[3] + offset + middle, size)


def _letters(word: etree._Element) -> Iterator[Letter]:
    for part in word.iter("{*}span"):
        title = part.get("title") or ""
        text = "".join(part.itertext()).strip()
        found = _numbers(CONFIDENCE, title)
        if part.get("class") == "ocrx_cinfo" and text and found:
            yield Letter(text, _box(title), min(max(found[0] / 100, 0.0), 1.0))


def _box(title: str) -> Box:
    left, top, right, bottom = _numbers(BOX, title) or (0.0, 0.0, 0.0, 0.0)
    return left, top, right, bottom


def _numbers(pattern: re.Pattern[str], title: str) -> tuple[float, ...] | None:
    found = pattern.search(title)
    return tuple(map(float, found.groups())) if found else None
