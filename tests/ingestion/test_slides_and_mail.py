"""PowerPoint files and e-mails: the words that are shown, in order; notes, hidden slides and attachments by name."""

from __future__ import annotations

import base64

import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingestion.errors import EncryptedFile, UnsupportedType
from ingestion.parsers.format import Source
from ingestion.parsers.registry import parse
from knowledge_bases.parsed import ParsedDocument
from tests.ingestion.office import mail, presentation, saved


def read(show: object) -> ParsedDocument:
    return parse(Source("x.pptx", saved(show)))


def lines(document: ParsedDocument) -> list[str]:
    return document.text.rstrip("\n").split("\n")


def test_a_slide_is_a_heading_with_its_title_below_and_its_points_as_items() -> None:
    show = presentation("Fees", "Rates")
    show.slides[0].placeholders[1].text = "No fee\nNo charge"
    document = read(show)
    assert lines(document) == ["Slide 1", "Fees", "No fee", "No charge", "Slide 2", "Rates"]
    assert document.blocks[2].heading_path == ("Slide 1", "Fees")
    assert document.blocks[2].kind.value == "list_item"


def test_shapes_are_read_from_the_top_and_the_left_groups_too() -> None:
    show = presentation("Fees")
    shapes = show.slides[0].shapes
    for text, left, top in (("last", 1, 6), ("right", 6, 3), ("left", 1, 3)):
        shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1)).text_frame.text = text
    group = shapes.add_group_shape()
    for text, left in (("b", 6), ("a", 1)):
        group.shapes.add_textbox(Inches(left), Inches(5), Inches(2), Inches(1)).text_frame.text = text
    assert lines(read(show)) == ["Slide 1", "Fees", "left", "right", "a", "b", "last"]


def test_tables_keep_their_header_and_merged_cells() -> None:
    show = presentation("Fees")
    table = show.slides[0].shapes.add_table(3, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for place, text in {(0, 0): "Card", (0, 1): "Fee", (1, 0): "Gold", (1, 1): "HK$1", (2, 1): "HK$2"}.items():
        table.cell(*place).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    (block,) = (b for b in read(show).blocks if b.table)
    assert block.table is not None
    assert len(block.table.headers) == 1
    assert block.span.slice(read(show).text) == "Card | Fee\nGold | HK$1\nGold | HK$2"


def test_a_chart_reads_as_the_table_it_was_drawn_from() -> None:
    show = presentation("Rates")
    data = CategoryChartData(number_format="0.00%")
    data.categories = ["2024", "2025"]
    data.add_series("Savings", (0.0125, 0.02))
    place = (Inches(1), Inches(3), Inches(4), Inches(3))
    show.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data)
    assert lines(read(show))[2:] == [" | Savings", "2024 | 1.25%", "2025 | 2.00%"]


def test_hidden_slides_hidden_shapes_and_notes_are_shown_to_the_checker_only() -> None:
    show = presentation("Fees", "Old fees")
    show.slides[0].notes_slide.notes_text_frame.text = "Do not mention it."
    shape = show.slides[0].shapes.add_textbox(0, Inches(5), Inches(1), Inches(1))
    shape.text_frame.text = "secret"
    shape._element.nvSpPr.cNvPr.set("hidden", "1")
    show.slides[1]._element.set("show", "0")
    document = read(show)
    assert lines(document) == ["Slide 1", "Fees"]
    assert [(note.where, note.text) for note in document.hidden] == [
        ("slide 1", "secret"),
        ("slide 1, speaker notes", "Do not mention it."),
        ("slide 2 (hidden)", "Old fees"),
    ]


def test_a_mail_is_its_subject_who_wrote_when_and_the_message() -> None:
    document = parse(Source("x.eml", bytes(mail("The fee is HK$60.\n\nFrom 1 May."))))
    assert lines(document) == [
        "Change of fees",
        "From: Harbour Bank <notice@harbour.example>; To: customer@harbour.example; "
        "Date: Wed, 04 Mar 2026 10:00:00 +0800",
        "The fee is HK$60.",
        "From 1 May.",
    ]
    assert document.problems == ()


def test_the_html_form_of_a_mail_is_read_with_its_tables() -> None:
    html = "<p>New fees:</p><table><tr><th>Card<th>Fee<tr><td>Gold<td>HK$1</table><p hidden>no</p>"
    assert lines(parse(Source("x.eml", bytes(mail("New fees", html)))))[2:] == [
        "New fees:",
        "Card | Fee",
        "Gold | HK$1",
    ]


def test_attachments_are_named_and_not_read() -> None:
    message = mail("See the attachment.")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="fees.pdf")
    document = parse(Source("x.eml", bytes(message)))
    assert document.problems == ("the attachment fees.pdf was not read, upload it as a document of its own",)


@pytest.mark.parametrize("declared", ["big5", "x-unknown"])
def test_chinese_mails_are_read_whatever_set_they_declare(declared: str) -> None:
    text = "本行會在三十日前通知閣下有關收費的改變。"
    subject = base64.b64encode("收費通知".encode("big5")).decode()
    head = f"From: a@b.example\r\nSubject: =?big5?B?{subject}?=\r\nMIME-Version: 1.0\r\n"
    head += f"Content-Type: text/plain; charset={declared}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    document = parse(Source("x.eml", head.encode() + text.encode("big5")))
    assert lines(document) == ["收費通知", "From: a@b.example", text]


def test_an_encrypted_mail_and_text_called_eml_are_refused() -> None:
    head = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\n\r\nMIIB"
    with pytest.raises(EncryptedFile, match="the message is encrypted"):
        parse(Source("x.eml", head))
    with pytest.raises(UnsupportedType, match=r"named \.eml but its content is not EML"):
        parse(Source("x.eml", b"just words"))
