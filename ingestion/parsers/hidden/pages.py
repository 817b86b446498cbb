"""Takes the words off a PDF page that no reader of it sees, before the page is read.

Invisible words over a picture that shows light and dark just there, and fills most of the page, are the text layer of
a scan: they stay, and the page counts as recognised. Whether they say what the picture says, nobody has checked.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingestion.parsers.drawn.lettering import character
from ingestion.parsers.drawn.place import placement
from ingestion.parsers.elements import Box
from ingestion.parsers.hidden import notes
from ingestion.parsers.hidden.drawn import Bounds, Drawing, Text, area, drawing_of, overlap
from ingestion.parsers.hidden.report import hidden_text
from ingestion.parsers.hidden.sight import Sight
from ingestion.parsers.hidden.suspicion import CERTAIN, suspects
from knowledge_bases.parsed import HiddenText, Hiding

UNSEEN_SHARE = 0.5  # of a text's characters; one text is taken as a whole
SCANNED = 0.5  # of the page is covered by the picture of a scan
FEWEST = 4  # characters that can be told to be a repetition
LEGIBLE = 1.0  # the size given to text of size zero, so that it can be read and reported


@dataclass(frozen=True)
class Concealed:
    """What was taken off a page. ``recognised``: words that stay on it are the text layer of a scan."""

    hidden: tuple[HiddenText, ...] = ()
    recognised: bool = False


def take_off(page: pdfium.PdfPage, number: int, *, layers: bool) -> Concealed:
    """Removes from the open ``page`` (1-based ``number``) the texts that cannot be seen.

    ``layers``: the file may have optional layers (see ``layers.may_have_layers``).
    """
    drawing = drawing_of(page, layers=layers)
    said = tuple(notes.orders_on(page, number))
    found = suspects(drawing, page.get_bbox(), notes.opaque_boxes(page))
    if not found:
        return Concealed(said)
    look = _Look(page, drawing, found)
    look.remove()
    return Concealed((*look.report(number), *said), look.recognised)


class _Look:
    """The suspects of one page, looked at."""

    def __init__(self, page: pdfium.PdfPage, drawing: Drawing, found: Mapping[int, Hiding]) -> None:
        self._page, self._drawing = page, drawing
        self._texts = {_address(drawing.texts[number].handle): drawing.texts[number] for number in found}
        self._why = {_address(drawing.texts[number].handle): hiding for number, hiding in found.items()}
        for text in self._texts.values():
            _make_legible(text)
        self._letters = list(_letters(page, self._texts))
        self.recognised = False
        self._judge()

    def report(self, number: int) -> Iterator[HiddenText]:
        """One entry for each run of characters that ``remove`` took off, in the order in which they are drawn.

        Words that the page shows as well say nothing new: slides print a shadow of a box's text under the box.
        """
        shown = _bare(_all_text(self._page)) if self._why else ""
        repeated = False
        runs: list[tuple[Hiding | None, str]] = []
        for owner, run in groupby(self._letters, key=lambda letter: letter.owner):
            words = "".join(letter.text for letter in run)
            bare = _bare(words)
            repeated = bare in shown and (len(bare) >= FEWEST or repeated)
            runs.append((None if repeated else self._why.get(owner), words))
        for hiding, parts in groupby(runs, key=lambda part: part[0]):
            if hiding is not None:
                yield from hidden_text(hiding, "".join(words for _, words in parts), number)

    def remove(self) -> None:
        """Takes what was found hidden off the page."""
        for owner in self._why:
            text = self._texts[owner]
            if text.form is None:
                raw.FPDFPage_RemoveObject(self._page.raw, text.handle)
            else:
                raw.FPDFFormObj_RemoveObject(text.form, text.handle)
            raw.FPDFPageObj_Destroy(text.handle)

    def _judge(self) -> None:
        doubtful = [text for owner, text in self._texts.items() if self._why[owner] not in CERTAIN]
        sight = Sight(self._page, doubtful) if doubtful else None
        boxes: dict[int, list[_Letter]] = {owner: [] for owner in self._why}
        for letter in self._letters:
            if letter.box is not None and letter.owner in boxes:
                boxes[letter.owner].append(letter)
        for owner, letters in boxes.items():
            if not letters or (sight is None and not _has_words(letters)) or not self._hidden(owner, letters, sight):
                del self._why[owner]

    def _hidden(self, owner: int, letters: list[_Letter], sight: Sight | None) -> bool:
        if sight is None or self._why[owner] in CERTAIN:
            return _has_words(letters)
        unseen = [letter.box for letter in letters if letter.box is not None and not sight.seen(letter.box)]
        if len(unseen) <= UNSEEN_SHARE * len(letters):
            return False
        if self._in_scan(self._texts[owner]) and sum(map(sight.over_ink, unseen)) >= 0.5 * len(unseen):
            self.recognised = True
            return False
        return True

    def _in_scan(self, text: Text) -> bool:
        least = SCANNED * area(self._page.get_bbox())
        return any(
            surface.picture and area(surface.bounds) >= least and _inside(text.bounds, surface.bounds)
            for surface in self._drawing.surfaces
        )


@dataclass(frozen=True)
class _Letter:
    """A character of the page; ``owner`` is the address of the text it belongs to, 0 where that is no suspect."""

    text: str
    owner: int
    box: Box | None


def _letters(page: pdfium.PdfPage, texts: Mapping[int, Text]) -> Iterator[_Letter]:
    """The page's characters in order; a blank that pdfium adds belongs to the text before it."""
    text_page = page.get_textpage()
    place = placement(page)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    owner = 0
    for index in range(text_page.count_chars()):
        letter = character(raw.FPDFText_GetUnicode(text_page.raw, index))
        handle = raw.FPDFText_GetTextObject(text_page.raw, index)
        if handle:
            owner = _address(handle)
        if owner not in texts:
            owner = 0
        box = None
        if owner and not letter.isspace() and handle:
            raw.FPDFText_GetCharBox(text_page.raw, index, left, right, bottom, top)
            box = place(left.value, bottom.value, right.value, top.value)
        yield _Letter(letter, owner, box)
    text_page.close()


def _make_legible(text: Text) -> None:
    """pdfium leaves text of size zero out of the page's characters."""
    if text.size == 0:
        raw.FPDFTextObj_SetFontSize(text.handle, LEGIBLE)
        own = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(text.handle, own)
        flat = own.a * own.d == own.b * own.c
        raw.FPDFPageObj_SetMatrix(text.handle, raw.FS_MATRIX(1, 0, 0, 1, own.e, own.f) if flat else own)


def _all_text(page: pdfium.PdfPage) -> str:
    text_page = page.get_textpage()
    try:
        return str(text_page.get_text_range(errors="replace"))
    finally:
        text_page.close()


def _bare(words: str) -> str:
    return "".join(words.split())


def _has_words(letters: list[_Letter]) -> bool:
    """A dot or a dash alone may be tiny by nature."""
    return any(letter.text.isalnum() for letter in letters)


def _inside(inner: Bounds, outer: Bounds) -> bool:
    return area(overlap(inner, outer)) >= 0.9 * area(inner)


def _address(handle: raw.FPDF_PAGEOBJECT) -> int:
    return ctypes.addressof(handle.contents)
