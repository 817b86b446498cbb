"""Word documents by python-docx, in document order. There are no pages: Word lays them out anew on every machine."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from ingestion.errors import EncryptedFile, ParseLimitExceeded, UnreadableFile, UnsupportedType
from ingestion.parsers import document
from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, Row, Words, plain
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.hidden.report import hidden_text
from ingestion.parsers.labels import starts_item
from ingestion.parsers.word.footnotes import Footnotes
from ingestion.parsers.word.numbering import Numbering
from ingestion.parsers.word.unshown import Unshown
from knowledge_bases.parsed import HiddenText, ParsedDocument

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED_LIMIT = 300 * 2**20
RATIO_LIMIT = 200
SMALL_FILE = 2**16
XML = (".xml", ".rels")
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml"
ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
SIGNS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)


def match(raw: bytes) -> Match:
    """A zip with Word's main part, or the older container that encrypted and .doc files come in."""
    if raw.startswith(OLE):
        return Match.CERTAIN
    if not raw.startswith(ZIP):
        return Match.NO
    try:
        names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return Match.CERTAIN if b"word/" in raw else Match.NO
    return Match.CERTAIN if any(name.startswith("word/") for name in names) else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The headings, paragraphs, lists and tables of a Word document.

    Raises:
        EncryptedFile, UnsupportedType: an older container. UnreadableFile: damaged. ParseLimitExceeded: a zip bomb.
    """
    _refuse_old_container(source)
    _refuse_unsafe(source)
    try:
        word = Document(io.BytesIO(source.raw))
        hidden = _taken_out(word)
        elements = list(_elements(word))
    except Exception as error:  # python-docx raises KeyError, ValueError, lxml and zlib errors on damaged files
        raise UnreadableFile(source.name, "the Word file is damaged", "open and save it again in Word") from error
    return document.write(elements, f"{FORMAT.name}/{FORMAT.version}", hidden=hidden)


def _taken_out(word: Word) -> list[HiddenText]:
    """The words of runs that are not seen, taken out of the document."""
    formats, found = Unshown(word), []
    for run in list(word.element.body.iter(qn("w:r"))):
        words = "".join(node.text or "" for node in run.iter(qn("w:t")))
        hiding = formats.hiding(run) if words.strip() else None
        if hiding is not None:
            found += hidden_text(hiding, words)
            run.getparent().remove(run)
    return found


def _refuse_old_container(source: Source) -> None:
    if not source.raw.startswith(OLE):
        return
    if "EncryptedPackage".encode("utf-16-le") in source.raw:
        raise EncryptedFile(source.name, "it is protected by a password", "remove the password and upload it again")
    raise UnsupportedType(source.name, "it is in an old Office format", "save it as .docx and upload it again")


def _refuse_unsafe(source: Source) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(source.raw)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > min(UNPACKED_LIMIT, RATIO_LIMIT * max(len(source.raw), SMALL_FILE)):
                raise ParseLimitExceeded(source.name, "it unpacks to far more than its size", "save it again in Word")
            parts = [archive.read(name) for name in archive.namelist() if name.endswith(XML)]
    except BROKEN_ZIP as error:
        raise UnreadableFile(source.name, "the Word file is damaged", "open and save it again in Word") from error
    if any(STRICT in part for part in parts):
        raise UnsupportedType(source.name, "it is in the Strict Open XML form", "save it as an ordinary Word document")
    if any(ENTITY.search(part) for part in parts):
        raise UnreadableFile(source.name, "it declares XML entities, which Word never does", "save it again in Word")


def _elements(word: Word) -> Iterator[Element]:
    numbering, footnotes = Numbering(word), Footnotes(word)
    for part in word.iter_inner_content():
        called = len(footnotes)
        yield _grid(part, footnotes) if isinstance(part, Table) else _paragraph(part, numbering, footnotes)
        yield from (Paragraph(plain(note)) for note in footnotes.below(called))


def _paragraph(part: WordParagraph, numbering: Numbering, footnotes: Footnotes) -> Element:
    text = _text(part, footnotes)
    label = numbering.label(part) if text.strip() else None
    words = plain(f"{label} {text}" if label else text)
    level = _level(part)
    if level is not None:
        return Heading(words, level)
    listed = label is not None or _style(part).startswith("list") or bool(words and starts_item(words[0].text))
    return Paragraph(words, item=listed, caption=_style(part) == "caption")


def _style(part: WordParagraph) -> str:
    return (part.style.name or "").lower() if part.style is not None else ""


def _level(part: WordParagraph) -> int | None:
    """The depth of a heading by style or outline level, the title being 0; None for other paragraphs."""
    style = _style(part)
    if style == "title":
        return 0
    named = HEADING_STYLE.match(style)
    if named:
        return int(named.group(1))
    outline = part._p.find(f"./{qn('w:pPr')}/{qn('w:outlineLvl')}")
    level = int(outline.get(qn("w:val"), "9")) if outline is not None else 9
    return level + 1 if level < 9 else None  # 9 is body text (ECMA-376 part 1, 17.3.1.20)


def _text(part: WordParagraph, footnotes: Footnotes) -> str:
    """The words as shown: deleted ones (w:delText) left out, inserted and linked ones kept, text boxes not."""
    pieces = []
    for run in part._p.iter(qn("w:r")):
        if next(run.iterancestors(qn("w:p"))) is part._p:
            pieces += [_shown(node, footnotes) for node in run]
    return "".join(pieces)


def _shown(node: BaseOxmlElement, footnotes: Footnotes) -> str:
    if node.tag == qn("w:footnoteReference"):
        return footnotes.mark(node)
    return (node.text or "") if node.tag == qn("w:t") else SIGNS.get(node.tag, "")


def _grid(table: Table, footnotes: Footnotes) -> Grid:
    headers: list[Row] = []
    rows: list[Row] = []
    for number, row in enumerate(table.rows):
        marked = row._tr.find(f"./{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        cells = tuple(_cell(cell, footnotes) for cell in _unrepeated(row.cells))
        (headers if marked or number == 0 else rows).append(cells)
    return Grid(tuple(headers), tuple(rows))


def _cell(cell: _Cell, footnotes: Footnotes) -> Words:
    return plain("\n".join(_text(paragraph, footnotes) for paragraph in cell.paragraphs))


def _unrepeated(cells: Sequence[_Cell]) -> Iterator[_Cell]:
    """python-docx gives a cell once for every column it spans."""
    before = None
    for cell in cells:
        if cell._tc is not before:
            yield cell
        before = cell._tc


FORMAT = Format("docx", 2, frozenset({".docx"}), match, parse)
