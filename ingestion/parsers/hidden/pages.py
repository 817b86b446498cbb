"""Takes the words off a PDF page that no reader of it sees, before the page is read.

Invisible words over a picture that shows light and dark just there, and fills most of the page, are the text layer of
a scan: they stay, and the page counts as recognised. Whether they say what the picture says, nobody has checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ingestion.parsers.drawn import bulk
from ingestion.parsers.drawn.bulk import Handle, address_of, object_at, same
from ingestion.parsers.drawn.glyphs import Glyph
from ingestion.parsers.drawn.lettering import character
from ingestion.parsers.drawn.objects import Objects
from ingestion.parsers.drawn.place import placement
from ingestion.parsers.drawn.segment import union
from ingestion.parsers.elements import Box
from ingestion.parsers.hidden import notes
from ingestion.parsers.hidden.drawn import Bounds, Drawing, area, drawing_of, overlap
from ingestion.parsers.hidden.report import hidden_text
from ingestion.parsers.hidden.sight import Sight
from ingestion.parsers.hidden.suspicion import CERTAIN, suspects
from knowledge_bases.parsed import HiddenText, Hiding

SCANNED = 0.5  # of the page is covered by the picture of a scan
LAYER = 0.5  # of a text's letters, at least, are unseen where it belongs to the text layer of a scan
FEWEST = 4  # characters that can be told to be a repetition
LEGIBLE = 1.0  # the size given to text of size zero, so that it can be read and reported


@dataclass(frozen=True)
class Concealed:
    """What was taken off a page. ``recognised``: words that stay on it are the text layer of a scan.

    ``glyphs`` could not be taken off, as others of the same text are seen: whoever reads the page leaves them out.
    """

    hidden: tuple[HiddenText, ...] = ()
    recognised: bool = False
    glyphs: frozenset[Glyph] = frozenset()


def take_off(page: pdfium.PdfPage, number: int, objects: Objects, *, layers: bool) -> Concealed:
    """Removes from the open ``page`` (1-based ``number``) the texts that cannot be seen.

    ``layers``: the file may have optional layers (see ``layers.may_have_layers``).
    """
    drawing = drawing_of(objects, layers=layers)
    said = tuple(notes.orders_on(page, number))
    found = suspects(drawing, page.get_bbox(), notes.opaque_boxes(page))
    if not found:
        return Concealed(said)
    look = _Look(page, drawing, found)
    hidden = tuple(look.report(number))
    look.remove()
    return Concealed((*hidden, *said), look.recognised, frozenset(look.concealed()))


@dataclass(frozen=True)
class _Letter:
    """A character of the page; ``owner`` is the address of the text it belongs to, 0 where that is no suspect."""

    text: str
    owner: Handle
    box: Box | None


@dataclass(frozen=True)
class _Text:
    """A suspect. ``form`` is 0 where it stands on the page itself."""

    handle: Handle
    form: Handle
    bounds: Bounds
    size: float


class _Look:
    """The suspects of one page, looked at."""

    def __init__(self, page: pdfium.PdfPage, drawing: Drawing, found: Mapping[int, Hiding]) -> None:
        self._page, self._drawing = page, drawing
        each = {number: _text(drawing, number) for number in found}
        self._texts = {text.handle: text for text in each.values()}
        self._why = {each[number].handle: hiding for number, hiding in found.items()}
        for text in self._texts.values():
            _make_legible(text)
        self._letters = list(_letters(page, self._texts))
        self._unseen: set[int] = set()  # numbers of letters
        self._gone: set[Handle] = set()  # texts without a letter that is seen, and shadows
        self.recognised = False
        self._judge()

    def report(self, number: int) -> Iterator[HiddenText]:
        """One entry for each run of characters that are not seen, in the order in which they are drawn.

        Words that the page shows as well say nothing new: slides print a shadow of a box's text under the box.
        """
        shown = self._shown()
        repeated = False
        runs: list[tuple[Hiding | None, str]] = []
        for owner, run in groupby(enumerate(self._letters), key=lambda numbered: numbered[1].owner):
            letters = list(run)
            bare = _bare(letter.text for _, letter in letters)
            repeated = bare in shown and (len(bare) >= FEWEST or repeated)
            if repeated and owner in self._why and len(bare) >= FEWEST:
                self._gone.add(owner)
            for unseen, part in groupby(letters, key=lambda numbered: numbered[0] in self._unseen):
                words = "".join(letter.text for _, letter in part)
                runs.append((self._why.get(owner) if unseen and not repeated else None, words))
        for hiding, parts in groupby(runs, key=lambda part: part[0]):
            if hiding is not None:
                yield from hidden_text(hiding, "".join(words for _, words in parts), number)

    def remove(self) -> None:
        """Takes the texts that are not seen at all off the page."""
        for owner in self._gone:
            text, handle = self._texts[owner], object_at(owner)
            if text.form:
                raw.FPDFFormObj_RemoveObject(object_at(text.form), handle)
            else:
                raw.FPDFPage_RemoveObject(self._page.raw, handle)
            raw.FPDFPageObj_Destroy(handle)

    def concealed(self) -> Iterator[Glyph]:
        """The letters that are not seen of texts that stay."""
        for place in self._unseen:
            letter = self._letters[place]
            if letter.owner not in self._gone and letter.box is not None:
                yield letter.owner, letter.box

    def _judge(self) -> None:
        sight = self._sight()
        places: dict[Handle, list[int]] = {owner: [] for owner in self._why}
        for place, letter in enumerate(self._letters):
            if letter.owner in places:
                places[letter.owner].append(place)
        for owner, own in places.items():
            unseen = self._not_seen(owner, own, sight)
            if not any(self._letters[place].text.isalnum() for place in unseen):  # a dot alone may be tiny by nature
                del self._why[owner]
                continue
            drawn = {place for place in own if self._letters[place].box is not None}
            self._unseen |= set(own) if drawn <= unseen else unseen
            if drawn <= unseen:
                self._gone.add(owner)
        self._complete()

    def _sight(self) -> Sight | None:
        doubtful = {owner for owner, hiding in self._why.items() if hiding not in CERTAIN}
        boxes = [letter.box for letter in self._letters if letter.owner in doubtful and letter.box is not None]
        return Sight(self._page, doubtful, union(boxes)) if boxes else None

    def _complete(self) -> None:
        """A word that is partly covered, and stands on the page in full as well, is read in full."""
        shown = self._shown()
        numbered = enumerate(self._letters)
        for (owner, drawn), part in groupby(numbered, key=lambda pair: (pair[1].owner, pair[1].box is not None)):
            word = {place: letter.text for place, letter in part}
            covered = word.keys() & self._unseen
            partly = drawn and owner not in self._gone and 0 < len(covered) < len(word)
            if partly and len(word) >= FEWEST and "".join(word.values()) in shown:
                self._unseen -= covered
        hiding = {self._letters[place].owner for place in self._unseen}
        self._why = {owner: why for owner, why in self._why.items() if owner in hiding}

    def _shown(self) -> str:
        return _bare(letter.text for place, letter in enumerate(self._letters) if place not in self._unseen)

    def _not_seen(self, owner: Handle, own: list[int], sight: Sight | None) -> set[int]:
        """The letters of one suspect that are not seen, by their numbers."""
        boxes = {place: box for place in own if (box := self._letters[place].box) is not None}
        if sight is None or self._why[owner] in CERTAIN:
            return set(boxes)
        unseen = {place for place, box in boxes.items() if not sight.seen(box)}
        layer = len(unseen) > LAYER * len(boxes) and self._in_scan(self._texts[owner])
        if layer and sum(sight.over_ink(boxes[place]) for place in unseen) >= 0.5 * len(unseen):
            self.recognised = True
            return set()
        return unseen

    def _in_scan(self, text: _Text) -> bool:
        least = SCANNED * area(self._page.get_bbox())
        return any(
            surface.picture and area(surface.bounds) >= least and _inside(text.bounds, surface.bounds)
            for surface in self._drawing.surfaces
        )


def _text(drawing: Drawing, number: int) -> _Text:
    texts = drawing.texts
    left, bottom, right, top = texts.bounds[number].tolist()
    return _Text(texts.handles[number], texts.forms[number], (left, bottom, right, top), float(texts.sizes[number]))


def _letters(page: pdfium.PdfPage, texts: Mapping[Handle, _Text]) -> Iterator[_Letter]:
    """The page's characters in order; a blank that pdfium adds belongs to the text before it."""
    text_page = page.get_textpage()
    place, source = placement(page), address_of(text_page.raw)
    count = text_page.count_chars()
    codes = bulk.given(bulk.char_code, same(source), range(count))
    owners = bulk.given(bulk.char_object, same(source), range(count))
    owner = 0
    for index, (code, handle) in enumerate(zip(codes, owners, strict=True)):
        letter, owner = character(code), handle or owner
        box = None
        if handle in texts and not letter.isspace():
            ((left, right, bottom, top),) = bulk.char_boxes(source, index, index + 1).tolist()
            box = place(left, bottom, right, top)
        owner = owner if owner in texts else 0
        yield _Letter(letter, owner, box)
    text_page.close()


def _make_legible(text: _Text) -> None:
    """pdfium leaves text of size zero out of the page's characters."""
    if text.size == 0:
        handle, own = object_at(text.handle), raw.FS_MATRIX()
        raw.FPDFTextObj_SetFontSize(handle, LEGIBLE)
        raw.FPDFPageObj_GetMatrix(handle, own)
        flat = own.a * own.d == own.b * own.c
        raw.FPDFPageObj_SetMatrix(handle, raw.FS_MATRIX(1, 0, 0, 1, own.e, own.f) if flat else own)


def _bare(letters: Iterator[str]) -> str:
    return "".join("".join(letters).split())


def _inside(inner: Bounds, outer: Bounds) -> bool:
    return area(overlap(inner, outer)) >= 0.9 * area(inner)
