"""Word, HTML, Markdown and text files: what a reader sees, in order, with headings, tables and notes in place."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingestion.errors import EmptyFile, EncryptedFile, ParseLimitExceeded, UnreadableFile, UnsupportedType
from ingestion.parsers.format import Source
from ingestion.parsers.registry import formats, parse, pick
from knowledge_bases.parsed import BlockKind, ParsedDocument
from tests.ingestion.printing import Line, pdf

MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def blocks(document: ParsedDocument) -> list[tuple[str, str]]:
    return [(block.kind.value, block.span.slice(document.text)) for block in document.blocks]


def html(body: str) -> ParsedDocument:
    return parse(Source("x.html", f"<!doctype html><html><body>{body}</body></html>".encode()))


def markdown(text: str) -> ParsedDocument:
    return parse(Source("x.md", text.encode()))


def word() -> bytes:
    document = Document()
    document.add_heading("Bank charges", 0)
    document.add_heading("1. Accounts", 1)
    document.add_paragraph("1.1 A fee is due every month.")
    document.add_paragraph("Table 1. Monthly fee")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Account", "Fee", "Savings*", "HK$60"), strict=True):
        cell.text = text
    document.add_paragraph("* Not charged below 18.")
    document.add_paragraph("Letters", style="List Bullet")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_is_read_in_document_order() -> None:
    document = parse(Source("x.docx", word()))
    assert blocks(document) == [
        ("heading", "Bank charges"),
        ("heading", "1. Accounts"),
        ("list_item", "1.1 A fee is due every month."),
        ("table", "Table 1. Monthly fee\nAccount | Fee\nSavings* | HK$60\n* Not charged below 18."),
        ("list_item", "Letters"),
    ]
    assert document.blocks[2].heading_path == ("Bank charges", "1. Accounts")
    assert document.blocks[2].anchor == "1-accounts"
    assert document.pages == ()


def test_word_numbers_its_clauses_as_word_shows_them() -> None:
    word = Document()
    for text, style in (("One", "List Number"), ("Two", "List Number"), ("Dot", "List Bullet")):
        word.add_paragraph(text, style=style)
    out = io.BytesIO()
    word.save(out)
    assert blocks(parse(Source("x.docx", out.getvalue()))) == [
        ("list_item", "1. One"),
        ("list_item", "2. Two"),
        ("list_item", "Dot"),
    ]


def test_word_leaves_out_what_a_reviewer_deleted() -> None:
    word = Document()
    paragraph = word.add_paragraph("The fee is HK$880.")
    deleted = parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>HK$500</w:delText></w:r></w:del>")
    paragraph._p.append(deleted)
    out = io.BytesIO()
    word.save(out)
    assert parse(Source("x.docx", out.getvalue())).text == "The fee is HK$880.\n"


def body_of(xml: str) -> ParsedDocument:
    """A Word file whose body is ``xml``."""
    word = Document()
    for node in parse_xml(f"<w:body {nsdecls('w')} xmlns:m='{MATHS}'>{xml}</w:body>"):
        word.element.body.insert_element_before(node, "w:sectPr")
    out = io.BytesIO()
    word.save(out)
    return parse(Source("x.docx", out.getvalue()))


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_word_reads_content_controls_text_boxes_and_tables_in_tables() -> None:
    cell = f"<w:tc><w:p>{run('outer')}</w:p>"
    inner = f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p>{run('inner')}</w:p></w:tc></w:tr></w:tbl>"
    document = body_of(
        f"<w:sdt><w:sdtContent><w:p>{run('controlled')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p>{run('anchor')}<w:r><w:pict><w:txbxContent><w:p>{run('boxed')}</w:p></w:txbxContent></w:pict></w:r></w:p>"
        f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr>{cell}{inner}<w:p/></w:tc></w:tr></w:tbl>"
    )
    assert document.text == "controlled\nanchor\nboxed\nouter inner\n"


def test_word_reads_moved_words_in_their_new_place_only() -> None:
    document = body_of(
        f"<w:p><w:moveFrom>{run('Thirty days.')}</w:moveFrom>{run('First.')}</w:p>"
        f"<w:p><w:moveTo>{run('Thirty days.')}</w:moveTo></w:p>"
    )
    assert document.text == "First.\nThirty days.\n"


def test_word_names_the_formulas_it_does_not_read() -> None:
    document = body_of(f"<w:p>{run('Interest')}<m:oMath><m:r><m:t>P·r</m:t></m:r></m:oMath></w:p>")
    assert document.problems == ("formulas (equations) in it were not read: 1",)


def test_html_leaves_out_what_no_reader_sees() -> None:
    document = html(
        "<nav>Home</nav><script>x()</script><style>p{}</style><h1>Fees</h1><p hidden>secret</p>"
        "<p style='display: none'>secret</p><div aria-hidden='true'>secret</div>"
        "<p>A <b>fee</b> is<br>due.</p><!-- no -->"
    )
    assert blocks(document) == [("heading", "Fees"), ("paragraph", "A fee is due.")]


def test_html_tables_keep_caption_header_and_cells_that_span_rows() -> None:
    document = html(
        "<table><caption>Table 1</caption><thead><tr><th>Card</th><th>Use</th><th>Fee</th></tr></thead>"
        "<tr><td rowspan=2>Gold</td><td>Home</td><td>Nil</td></tr><tr><td>Abroad</td><td>1.95%</td></tr></table>"
        "<p>* A note.</p>"
    )
    (block,) = document.blocks
    assert block.span.slice(document.text).split("\n") == [
        "Table 1",
        "Card | Use | Fee",
        "Gold | Home | Nil",
        "Gold | Abroad | 1.95%",
        "* A note.",
    ]


def test_html_cells_over_several_columns_leave_the_others_in_their_place() -> None:
    document = html(
        "<table><tr><th>Card<th colspan=2>Fee</tr><tr><td>Gold<td>1<td>2</tr><tr><td colspan=2>None<td>3</tr></table>"
    )
    assert document.text == "Card | Fee | Fee\nGold | 1 | 2\nNone |  | 3\n"


def test_html_lists_are_items() -> None:
    assert blocks(html("<ul><li>Pay online<li>Pay by post</ul>")) == [
        ("list_item", "Pay online"),
        ("list_item", "Pay by post"),
    ]


def test_html_nested_without_end_is_refused_or_read_but_never_breaks() -> None:
    with pytest.raises(UnreadableFile, match="nested too deep"):
        html("<div><div>" * 3000 + "x")


def test_markdown_blocks() -> None:
    document = markdown(
        "---\ntitle: x\n---\n# Fees\n\nA fee\nis *due*.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n^ note\n"
    )
    assert blocks(document) == [
        ("heading", "Fees"),
        ("paragraph", "A fee is due."),
        ("list_item", "one"),
        ("list_item", "two"),
        ("table", "a | b\n1 | 2\n^ note"),
    ]


def test_text_is_parted_at_blank_lines_and_joined_inside_them() -> None:
    document = parse(Source("x.txt", "第一行，\n續第二行。\n\nThe first line\ngoes on.\n(a) An item.\n".encode()))
    assert blocks(document) == [
        ("paragraph", "第一行，續第二行。"),
        ("paragraph", "The first line goes on."),
        ("list_item", "(a) An item."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5", "gb18030"])
def test_chinese_text_is_read_in_the_usual_encodings(encoding: str) -> None:
    text = (
        "本行會在三十日前通知閣下有關收費的改變。"
        if encoding != "gb18030"
        else "本行会在三十日前通知阁下有关收费的改变。"
    )
    assert parse(Source("x.txt", text.encode(encoding))).text.strip() == text


def test_latin_text_in_utf_16_without_a_mark_is_read() -> None:
    assert parse(Source("x.txt", "A fee is due.".encode("utf-16-le"))).text.strip() == "A fee is due."


def test_bytes_in_no_encoding_are_refused_with_the_remedy() -> None:
    with pytest.raises(UnreadableFile, match=r"x\.txt: its text is in no known encoding; save it as UTF-8"):
        parse(Source("x.txt", b"abc \xff\xff\x80 def"))


@pytest.mark.parametrize(
    ("name", "raw", "format_name"),
    [
        ("a.txt", b"<!DOCTYPE html><p>x</p>", "html"),
        ("a", b"plain words", "text"),
        ("a.md", b"plain words", "markdown"),
        ("a.htm", b"words without a tag", "html"),
        ("notes.docx.pdf", pdf([Line(50, 100, "x")]), "pdf"),
        ("wrong.pdf", word(), "docx"),
        ("mail.pdf", b"junk before\r\n" + pdf([Line(50, 100, "x")]), "pdf"),
    ],
)
def test_the_content_decides_the_format(name: str, raw: bytes, format_name: str) -> None:
    assert pick(Source(name, raw)).name == format_name


@pytest.mark.parametrize("name", ["picture.png", "picture.pdf", "picture.docx", "picture.txt", "picture"])
def test_a_picture_is_refused_whatever_it_is_called(name: str) -> None:
    with pytest.raises(UnsupportedType, match=name):
        parse(Source(name, PNG))


def test_text_called_pdf_is_refused() -> None:
    with pytest.raises(
        UnsupportedType, match=r"fees\.pdf: it is named \.pdf but its content is not PDF; upload one of"
    ):
        parse(Source("fees.pdf", b"just words"))


def test_an_empty_file_and_a_file_without_words_are_refused() -> None:
    for raw in (b"", b" \n \n", b"<html><body></body></html>"):
        with pytest.raises(EmptyFile, match=r"x\.html"):
            parse(Source("x.html", raw))


def test_an_encrypted_word_file_is_refused_as_such() -> None:
    raw = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(EncryptedFile, match="password"):
        parse(Source("x.docx", raw))


def zipped(text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", text)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(ParseLimitExceeded, match="unpacks to far more than its size"):
        parse(Source("x.docx", zipped(bytes(50_000_000))))


def test_xml_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxx">]><w:document>&x;</w:document>'
    with pytest.raises(UnreadableFile, match="declares XML entities"):
        parse(Source("x.docx", zipped(bomb)))


def test_every_format_names_itself_and_its_version_in_the_parse() -> None:
    assert {known.name for known in formats()} == {
        *("csv", "docx", "eml", "html", "markdown", "pdf", "pptx", "text", "xlsx")
    }
    assert html("<p>x</p>").parser == "html/4"


def test_a_heading_of_a_page_without_pages_is_an_anchor_of_its_own() -> None:
    document = markdown("# Fees\n\na\n\n# Fees\n\nb\n")
    assert [b.anchor for b in document.blocks if b.kind is BlockKind.PARAGRAPH] == ["fees", "fees-2"]
