"""Files that no parser here reads, told by their content: what each really is and what to do about it."""

from __future__ import annotations

import re
import struct

from ingestion.errors import EncryptedFile, IngestionError, UnsupportedType
from ingestion.parsers.encoding import looks_like_text
from ingestion.parsers.format import Source
from ingestion.parsers.office import container
from knowledge_bases.foreign_files import AS_PDF, PROGRAM, UNPACK, Foreign, by_signature

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 4096
HTML_ROOT = re.compile(rb"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)

WORD_97 = Foreign("an old Word 97 file", "save it as DOCX and upload that")
EXCEL_97 = Foreign("an old Excel 97 file", "save it as XLSX and upload that")
POWERPOINT_97 = Foreign("an old PowerPoint 97 file", "save it as PPTX and upload that")
OUTLOOK = Foreign("an Outlook message", "save it as EML or PDF and upload that")

# Text that is a format of its own.
MARKUP: tuple[tuple[re.Pattern[bytes], Foreign], ...] = (
    (re.compile(rb"\s*\{\\rtf"), Foreign("a rich text (RTF) file", "save it as DOCX and upload that")),
    (re.compile(rb"%!PS"), Foreign("a PostScript file", "save it as PDF and upload that")),
    (re.compile(rb"(?s).*progid=.Word\.Document"), Foreign("a Word 2003 XML file", "save it as DOCX and upload that")),
    (re.compile(rb"(?s).*progid=.Excel\.Sheet"), Foreign("an Excel 2003 XML file", "save it as XLSX and upload that")),
    (re.compile(rb"(?s)\s*(?:<\?xml.*)?<svg[\s>]"), Foreign("an SVG drawing", AS_PDF)),
)
XML = Foreign("an XML data file", "save what customers may read as PDF, DOCX or HTML and upload that")
# Streams of the older Office container, the outermost program first where one holds a file of another.
STREAMS: tuple[tuple[str, Foreign], ...] = (
    ("__substg1.0_", OUTLOOK),
    ("PowerPoint Document", POWERPOINT_97),
    ("WordDocument", WORD_97),
    ("Workbook", EXCEL_97),
    ("Book", EXCEL_97),
)
CLASSES: dict[int, Foreign] = {  # the first field of the root's class id
    0x00020906: WORD_97,
    0x00020900: WORD_97,
    0x00020820: EXCEL_97,
    0x00020810: EXCEL_97,
    0x64818D10: POWERPOINT_97,
    0x00020D0B: OUTLOOK,
}
# A name in a zip that gives its kind away.
ZIPPED: tuple[tuple[str, Foreign], ...] = (
    ("xl/workbook.bin", Foreign("a binary Excel workbook (XLSB)", "save it as XLSX and upload that")),
    ("visio/", Foreign("a Visio drawing", "save it as PDF and upload that")),
    ("META-INF/container.xml", Foreign("an EPUB book", "export it as PDF and upload that")),
    ("Index/", Foreign("an Apple Pages, Numbers or Keynote file", "export it as PDF or in its Office form")),
    ("META-INF/MANIFEST.MF", PROGRAM),
    ("AndroidManifest.xml", PROGRAM),
)
OPEN_DOCUMENT = {
    b"text": Foreign("an OpenDocument text", "save it as DOCX and upload that"),
    b"spreadsheet": Foreign("an OpenDocument spreadsheet", "save it as XLSX and upload that"),
    b"presentation": Foreign("an OpenDocument presentation", "save it as PPTX and upload that"),
}
OPEN_DOCUMENT_TYPE = re.compile(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)")
ARCHIVE = Foreign("a ZIP archive", UNPACK)
DAMAGED = Foreign("a damaged ZIP or Office file", "open it in the program that made it, save it again and upload that")


def refusal(source: Source) -> IngestionError | None:
    """Why ``source`` can't be read, where its content shows a kind of file there is no parser for; else None."""
    if source.raw.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in source.raw:
        return EncryptedFile(source.name, "it is protected by a password", "remove the password and upload it again")
    found = _kind(source.raw)
    return UnsupportedType(source.name, f"it is {found.what}", found.remedy) if found else None


def _kind(raw: bytes) -> Foreign | None:
    if raw.startswith(OLE):
        return _old_office(raw)
    if raw.startswith(container.ZIP):
        return _zipped(raw)
    if looks_like_text(raw):
        return _markup(raw[:HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe"))
    return by_signature(raw)


def _markup(head: bytes) -> Foreign | None:
    known = next((kind for pattern, kind in MARKUP if pattern.match(head)), None)
    if known or not head.lstrip().startswith(b"<?xml") or HTML_ROOT.search(head):
        return known
    return XML


def _old_office(raw: bytes) -> Foreign:
    known = CLASSES.get(_root_class(raw))
    named = (kind for name, kind in STREAMS if name.encode("utf-16-le") in raw)
    return known or next(named, Foreign("in an old Office format", "save it as DOCX, XLSX or PPTX and upload that"))


def _root_class(raw: bytes) -> int:
    """The first field of the root's class id ([MS-CFB] 2.6.1); 0 where the file is too short to have one."""
    try:
        sector_bits, first = struct.unpack_from("<H", raw, 30)[0], struct.unpack_from("<I", raw, 48)[0]
        return int(struct.unpack_from("<I", raw, ((first + 1) << min(sector_bits, 16)) + 80)[0])
    except struct.error:
        return 0


def _zipped(raw: bytes) -> Foreign | None:
    names = container.names(raw)
    open_document = OPEN_DOCUMENT_TYPE.search(raw[:HEAD])
    if open_document:
        return OPEN_DOCUMENT[open_document.group(1)]
    for start, kind in ZIPPED:
        if any(name.startswith(start) for name in names):
            return kind
    if container.kind_of(raw):
        return None
    return ARCHIVE if names else DAMAGED
