"""Reads those pages of a PDF from their pictures that cannot be read otherwise; every page it leaves says why."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pypdfium2 as pdfium

from ingestion.ocr.reader import Reader, Reading
from ingestion.ocr.types import Picture, Pixels, RecognitionFailed
from ingestion.ocr.upright import Pose
from ingestion.parsers.drawn import grids
from ingestion.parsers.drawn.segment import Segment
from ingestion.parsers.drawn.sheet import BROKEN, Sheet, items_of
from ingestion.parsers.elements import Words
from ingestion.parsers.format import Recognition
from ingestion.parsers.recognised import need
from ingestion.parsers.recognised.layer import Letters, times
from knowledge_bases.parsed import Page, ParsedDocument

DPI = 200
MOST_PIXELS = 16_000_000  # a bigger page is drawn at fewer dots an inch
GLANCE_DPI = 50
INK = 170
POINTS = 72  # an inch
LOW = 0.98  # of a page, on Tesseract's scale: clean pages have 0.984 and more, those one tenth wrong 0.976 and less

BLANK = "no text: the page is blank"
NOTHING = "no text: nothing could be read in its picture; check the page"
DOUBTFUL = "read from a scan with low confidence; check it against the picture"
UNCHECKED = "its invisible text layer could not be held against its picture; check it against the picture"
LEFT_OUT = "not read: it is a scan, and so many cannot be read in one file; split the file"


@dataclass(frozen=True)
class Completed:
    """All pages of a file, and how those lay that were read from their picture."""

    sheets: tuple[Sheet, ...]
    poses: Mapping[int, Pose]


def completed(pdf: pdfium.PdfDocument, sheets: Sequence[Sheet], recognition: Recognition) -> Completed:
    """The pages of ``pdf``, those in need read from their pictures as far as ``recognition`` allows."""
    wanted = [sheet for sheet in sheets if _wanted(sheet)]
    until = time.monotonic() + recognition.seconds
    done: dict[int, tuple[Sheet, Pose | None]] = {}
    for count, sheet in enumerate(wanted):
        recognition.report(count, len(wanted))
        may = count < recognition.pages and time.monotonic() < until
        done[sheet.page.number] = _read(pdf, sheet) if may else (_unread(sheet, LEFT_OUT), None)
    if wanted:
        recognition.report(len(wanted), len(wanted))
    poses = {number: pose for number, (_, pose) in done.items() if pose is not None}
    return Completed(tuple(done[s.page.number][0] if s.page.number in done else s for s in sheets), poses)


def as_filed(document: ParsedDocument, poses: Mapping[int, Pose]) -> ParsedDocument:
    """The document with the places of upright pages set back onto the pages as they lie in the file."""
    if not poses:
        return document
    pages = tuple(_filed(page, poses.get(page.number)) for page in document.pages)
    runs = tuple(
        replace(run, box=poses[run.page].on_page(run.box)) if run.page in poses else run for run in document.runs
    )
    return replace(document, pages=pages, runs=runs)


def _filed(page: Page, pose: Pose | None) -> Page:
    return page if pose is None else replace(page, width=pose.width, height=pose.height)


def _wanted(sheet: Sheet) -> bool:
    if sheet.page.problem == BROKEN:
        return False
    if not _sound(sheet) or sheet.page.recognised or need.doubtful(sheet.text):
        return True
    return need.pictured(sheet.text, sheet.pictured)


def _read(pdf: pdfium.PdfDocument, sheet: Sheet) -> tuple[Sheet, Pose | None]:
    page = pdf[sheet.page.number - 1]
    try:
        if not sheet.items and _blank(page):
            return _unread(sheet, BLANK), None
        reading = _reader().read(picture_of(page))
    except RecognitionFailed as error:
        return _kept(sheet, f"not read: {error}; upload a clearer scan"), None
    finally:
        page.close()
    return _sheet(sheet, reading)


def _sheet(sheet: Sheet, reading: Reading) -> tuple[Sheet, Pose | None]:
    """The page as it was read, unless its own text proves to be what the picture says.

    An invisible layer is never preferred: a sentence slipped into it would be seen by nobody.
    """
    if _sound(sheet) and not sheet.page.recognised and need.agree(sheet.text, _text(reading)):
        return sheet, None
    if not reading.lines:
        return _kept(sheet, NOTHING), None
    pose = reading.pose(sheet.page.width, sheet.page.height)
    width, height = pose.upright_size
    scale = width / reading.across
    letters = Letters(reading.lines, scale, sheet.page.number)
    tables = grids.of_edges([times(rule, scale) for rule in reading.rules])
    problem = DOUBTFUL if reading.confidence < LOW else None
    page = Page(sheet.page.number, width, height, problem, recognised=True)
    return Sheet(page, items_of(letters, tables, AsRead()), hidden=sheet.hidden), pose


class AsRead:
    """There is nothing to hold read words against: what was read with too little confidence has no box already."""

    def segments(self, segments: Sequence[Segment]) -> Sequence[Segment]:
        """The segments as they are."""
        return segments

    def words(self, words: Words) -> Words:
        """The words as they are."""
        return words


def _unread(sheet: Sheet, problem: str) -> Sheet:
    return replace(sheet, page=replace(sheet.page, problem=problem), items=())


def _kept(sheet: Sheet, problem: str) -> Sheet:
    """A page with text of its own that can be read keeps it, also where its picture could not be read."""
    if not _sound(sheet):
        return _unread(sheet, problem)
    return replace(sheet, page=replace(sheet.page, problem=UNCHECKED)) if sheet.page.recognised else sheet


def _sound(sheet: Sheet) -> bool:
    """Whether the page has text of its own that stands for characters."""
    return bool(sheet.items) and not need.unreadable(sheet.text)


def _text(reading: Reading) -> str:
    return " ".join("".join(letter.text for letter in word) for line in reading.lines for word in line.words)


def _blank(page: pdfium.PdfPage) -> bool:
    return not (picture_of(page, GLANCE_DPI).pixels < INK).any()


def picture_of(page: pdfium.PdfPage, dpi: int = DPI) -> Picture:
    """The page as it is drawn, in grey; a very big one at fewer dots an inch."""
    width, height = page.get_size()
    scale = min(dpi / POINTS, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    pixels: Pixels = page.render(scale=scale, grayscale=True).to_numpy()
    return Picture(np.ascontiguousarray(pixels.reshape(pixels.shape[:2])), max(round(scale * POINTS), 1))


@cache
def _reader() -> Reader:
    return Reader()
