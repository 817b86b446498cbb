"""Word documents by python-docx, in document order. There are no pages: Word lays them out anew on every machine."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph

from ingestion.errors import EncryptedFile, ParseLimitExceeded, UnreadableFile, UnsupportedType
from ingestion.parsers import document
from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, Row, plain
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.labels import starts_item
from knowledge_bases.parsed import ParsedDocument

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAIN_PART = "word/document.xml"
UNPACKED_LIMIT = 300 * 2**20
RATIO_LIMIT = 200
SMALL_FILE = 2**16
XML = (".xml", ".rels")
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)
ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
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
    _refuse_bomb(source)
    try:
        word = Document(io.BytesIO(source.raw))
        elements = list(_elements(word))
    except Exception as error:  # python-docx raises KeyError, ValueError, lxml and zlib errors on damaged files
        raise UnreadableFile(source.name, "the Word file is damaged", "open and save it again in Word") from error
    return document.write(elements, f"{FORMAT.name}/{FORMAT.version}")


def _refuse_old_container(source: Source) -> None:
    if not source.raw.startswith(OLE):
        return
    if "EncryptedPackage".encode("utf-16-le") in source.raw:
        raise EncryptedFile(source.name, "it is protected by a password", "remove the password and upload it again")
    raise UnsupportedType(source.name, "it is in an old Office format", "save it as .docx and upload it again")


def _refuse_bomb(source: Source) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(source.raw)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > min(UNPACKED_LIMIT, RATIO_LIMIT * max(len(source.raw), SMALL_FILE)):
                raise ParseLimitExceeded(source.name, "it unpacks to far more than its size", "save it again in Word")
            entities = any(ENTITY.search(archive.read(name)) for name in archive.namelist() if name.endswith(XML))
    except BROKEN_ZIP as error:
        raise UnreadableFile(source.name, "the Word file is damaged", "open and save it again in Word") from error
    if entities:
        raise UnreadableFile(source.name, "it declares XML entities, which Word never does", "save it again in Word")


def _elements(word: Word) -> Iterator[Element]:
    for part in word.iter_inner_content():
        yield _grid(part) if isinstance(part, Table) else _paragraph(part)


def _paragraph(part: WordParagraph) -> Element:
    words = plain(_text(part))
    level = _level(part)
    if level:
        return Heading(words, level)
    style = _style(part)
    listed = style.startswith("list") or part._p.find(f"./{qn('w:pPr')}/{qn('w:numPr')}") is not None
    return Paragraph(words, item=listed or bool(words and starts_item(words[0].text)), caption=style == "caption")


def _style(part: WordParagraph) -> str:
    return (part.style.name or "").lower() if part.style is not None else ""


def _level(part: WordParagraph) -> int:
    """1..6 for headings by style or outline level, else 0."""
    style = _style(part)
    if style == "title":
        return 1
    named = HEADING_STYLE.match(style)
    if named:
        return min(int(named.group(1)), 6)
    outline = part._p.find(f"./{qn('w:pPr')}/{qn('w:outlineLvl')}")
    level = int(outline.get(qn("w:val"), "9")) if outline is not None else 9
    return level + 1 if level < 6 else 0


def _text(part: WordParagraph) -> str:
    words = {qn("w:t"): None, qn("w:tab"): " ", qn("w:br"): "\n", qn("w:noBreakHyphen"): "-"}
    pieces = []
    for node in part._p.iter(*words):
        if node.getparent().tag == qn("w:r"):
            pieces.append((node.text or "") if words[node.tag] is None else words[node.tag])
    return "".join(piece for piece in pieces if piece)


def _grid(table: Table) -> Grid:
    headers: list[Row] = []
    rows: list[Row] = []
    for number, row in enumerate(table.rows):
        marked = row._tr.find(f"./{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        cells = tuple(plain(cell.text) for cell in row.cells)
        (headers if marked or number == 0 else rows).append(cells)
    return Grid(tuple(row for row in headers if any(row)), tuple(row for row in rows if any(row)))


FORMAT = Format("docx", 1, frozenset({".docx"}), match, parse)
