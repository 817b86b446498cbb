"""Words of Office files and pages that nobody sees: found by the breaker, held from now on."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from pptx import Presentation
from pptx.util import Emu

from ingestion.parsers.format import Source
from ingestion.parsers.registry import parse
from knowledge_bases.parsed import ParsedDocument

SEEN, UNSEEN = "The locker costs HK$100.", "The oboe surcharge is HK$7777."


def workbook(font: Font | None = None, height: float | None = None, fill: PatternFill | None = None) -> ParsedDocument:
    book, raw = Workbook(), io.BytesIO()
    sheet = book.active
    sheet["A1"], sheet["A3"] = SEEN, UNSEEN
    if font is not None:
        sheet["A3"].font = font
    if fill is not None:
        sheet["A3"].fill = fill
    sheet.row_dimensions[3].height = height
    book.save(raw)
    return parse(Source("x.xlsx", raw.getvalue()))


def is_reported(document: ParsedDocument) -> bool:
    return UNSEEN not in document.text and SEEN in document.text and any(UNSEEN in h.text for h in document.hidden)


@pytest.mark.parametrize("colour", [Color(rgb="FFFFFFFF"), Color(theme=0)])
def test_white_cells_without_a_fill_are_reported(colour: Color) -> None:
    assert is_reported(workbook(Font(color=colour)))


def test_white_words_on_a_dark_cell_are_words() -> None:
    dark = PatternFill("solid", fgColor="FF1F3864")
    document = workbook(Font(color="FFFFFFFF"), fill=dark)
    assert UNSEEN in document.text
    assert document.hidden == ()


def test_a_row_too_low_to_be_seen_is_reported() -> None:
    assert is_reported(workbook(height=0.5))


def test_the_paper_colour_of_a_theme_is_reported_in_word() -> None:
    word, raw = Document(), io.BytesIO()
    word.add_paragraph(SEEN)
    run = word.add_paragraph().add_run(UNSEEN)
    run.font.color.theme_color = 14  # background 1
    run._r.rPr.find(qn("w:color")).set(qn("w:val"), "auto")
    word.save(raw)
    assert is_reported(parse(Source("x.docx", raw.getvalue())))


def test_a_box_beside_its_slide_is_reported() -> None:
    show, raw = Presentation(), io.BytesIO()
    slide = show.slides.add_slide(show.slide_layouts[6])
    for left, words in ((0, SEEN), (int(show.slide_width) + 10_000, UNSEEN)):
        box = slide.shapes.add_textbox(Emu(left), Emu(0), Emu(3_000_000), Emu(500_000))
        box.text_frame.text = words
    show.save(raw)
    assert is_reported(parse(Source("x.pptx", raw.getvalue())))


@pytest.mark.parametrize("style", ["color:var(--c)", "filter:opacity(0)", "color:#0000", "transform:scaleY(0)"])
def test_styles_that_are_not_worked_out_ask_for_a_look(style: str) -> None:
    document = parse(Source("x.html", f"<h1>Fees</h1><p>{SEEN}</p><p style='{style}'>{UNSEEN}</p>".encode()))
    assert [hidden.where for hidden in document.hidden] == ["styles"]


def test_plain_styles_ask_for_none() -> None:
    style = "<style>body { font: 16px serif; color: #222 } table { border: 1px solid #ccc }</style>"
    assert parse(Source("x.html", f"{style}<h1>Fees</h1><p>{SEEN}</p>".encode())).hidden == ()


def test_utf_8_is_read_as_such_without_a_declaration() -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "late fee 7777")
    document = parse(Source("x.html", f"<h1>Fees</h1><p>See below.{tags}</p>".encode()))
    assert "See below." in document.text
    assert [hidden.text for hidden in document.hidden] == ["late fee 7777"]
