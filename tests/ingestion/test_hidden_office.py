"""Words of Office files and pages that nobody sees: found by the breaker, held from now on."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from docx import Document
from docx.oxml import parse_xml as docx_xml
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.table import Table, TableStyleInfo
from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.oxml.ns import qn as pptx_qn
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.text.text import Font as PptxFont
from pptx.util import Emu, Pt

from ingestion.parsers.format import Source
from ingestion.parsers.registry import parse
from knowledge_bases.parsed import ParsedDocument

A = nsdecls("a")
WORD = " ".join(
    f'xmlns:{prefix}="http://schemas.{place}"'
    for prefix, place in (
        ("w", "openxmlformats.org/wordprocessingml/2006/main"), ("a", "openxmlformats.org/drawingml/2006/main"),
        ("w14", "microsoft.com/office/word/2010/wordml"),
        ("wps", "microsoft.com/office/word/2010/wordprocessingShape"),
    )
)  # fmt: skip
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


@pytest.mark.parametrize(("font", "fill"), [
    (Font(color="FFFDFDFD"), None),
    (Font(color=Color(indexed=9)), None),
    (Font(color=Color(theme=0, tint=-0.05)), None),
    (Font(color=Color(theme=4)), PatternFill("solid", fgColor=Color(theme=4))),
    (None, PatternFill("solid", fgColor="FF000000")),
])  # fmt: skip
def test_cells_with_words_in_their_own_colour_are_reported(font: Font | None, fill: PatternFill | None) -> None:
    assert is_reported(workbook(font, fill=fill))


def test_the_white_head_of_a_styled_table_is_seen() -> None:
    book, raw = Workbook(), io.BytesIO()
    sheet = book.active
    for row in (("Fee", "Amount"), ("Locker", "HK$100")):
        sheet.append(row)
    sheet["A1"].font = sheet["B1"].font = Font(color="FFFFFFFF")
    table = Table(displayName="Fees", ref="A1:B2")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium9", showRowStripes=True)
    sheet.add_table(table)
    book.save(raw)
    document = parse(Source("x.xlsx", raw.getvalue()))
    assert "Amount" in document.text
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


def word_with(run: str) -> ParsedDocument:
    """A Word file of seen words and a run given as XML."""
    word, raw = Document(), io.BytesIO()
    word.add_paragraph(SEEN)
    word.add_paragraph()._p.append(docx_xml(f"<w:r {WORD}>{run}</w:r>"))
    word.save(raw)
    return parse(Source("x.docx", raw.getvalue()))


@pytest.mark.parametrize("dress", [
    "<w14:textFill><w14:noFill/></w14:textFill>", "<w:w w:val='1'/>", "<w:color w:val='F5F5F5'/>",
    "<w14:textFill><w14:solidFill><w14:srgbClr w14:val='FFFFFF'/></w14:solidFill></w14:textFill>",
])  # fmt: skip
def test_words_of_word_without_colour_or_width_are_reported(dress: str) -> None:
    assert is_reported(word_with(f"<w:rPr>{dress}</w:rPr><w:t>{UNSEEN}</w:t>"))


def in_a_box(fill: str, colour: str) -> ParsedDocument:
    words = f"<w:p><w:r><w:rPr><w:color w:val='{colour}'/></w:rPr><w:t>{UNSEEN}</w:t></w:r></w:p>"
    box = f"<wps:txbx><w:txbxContent>{words}</w:txbxContent></wps:txbx>"
    return word_with(f"<w:drawing><wps:wsp><wps:spPr>{fill}</wps:spPr>{box}</wps:wsp></w:drawing>")


DARK = "<a:solidFill><a:srgbClr val='1F3864'/></a:solidFill>"


@pytest.mark.parametrize("fill", [DARK, "<a:solidFill><a:schemeClr val='accent1'/></a:solidFill>"])
def test_white_words_in_a_coloured_box_of_word_are_words(fill: str) -> None:
    document = in_a_box(fill, "FFFFFF")
    assert UNSEEN in document.text
    assert document.hidden == ()


@pytest.mark.parametrize(("fill", "colour"), [("<a:noFill/>", "FFFFFF"), (DARK, "1F3864")])
def test_words_in_the_colour_of_their_box_are_reported(fill: str, colour: str) -> None:
    assert is_reported(in_a_box(fill, colour))


def test_a_box_beside_its_slide_is_reported() -> None:
    show, raw = Presentation(), io.BytesIO()
    slide = show.slides.add_slide(show.slide_layouts[6])
    for left, words in ((0, SEEN), (int(show.slide_width) + 10_000, UNSEEN)):
        box = slide.shapes.add_textbox(Emu(left), Emu(0), Emu(3_000_000), Emu(500_000))
        box.text_frame.text = words
    show.save(raw)
    assert is_reported(parse(Source("x.pptx", raw.getvalue())))


def slide_of(words: str, dress: Callable[[Slide, Shape], None]) -> ParsedDocument:
    """A slide with a box that is seen and one of ``words``, dressed."""
    show, raw = Presentation(), io.BytesIO()
    slide = show.slides.add_slide(show.slide_layouts[6])
    for top, text in ((0, SEEN), (2_000_000, words)):
        box = slide.shapes.add_textbox(Emu(0), Emu(top), Emu(3_000_000), Emu(500_000))
        box.text_frame.text = text
    dress(slide, box)
    show.save(raw)
    return parse(Source("x.pptx", raw.getvalue()))


def font_of(box: Shape) -> PptxFont:
    return box.text_frame.paragraphs[0].runs[0].font


def white(slide: Slide, box: Shape) -> None:
    font_of(box).color.rgb = RGBColor(0xFF, 0xFF, 0xFF)


def nearly_white(slide: Slide, box: Shape) -> None:
    font_of(box).color.rgb = RGBColor(0xF2, 0xF2, 0xF2)


def in_the_paper_of_the_theme(slide: Slide, box: Shape) -> None:
    font_of(box).color.theme_color = MSO_THEME_COLOR.BACKGROUND_1


def in_a_pale_shade_of_the_theme(slide: Slide, box: Shape) -> None:
    font_of(box).color.theme_color = MSO_THEME_COLOR.ACCENT_1
    font_of(box).color.brightness = 0.95


def white_by_the_list_of_its_shape(slide: Slide, box: Shape) -> None:
    styles = box._element.find(f".//{pptx_qn('a:lstStyle')}")
    styles.append(
        parse_xml(
            f"<a:lvl1pPr {A}><a:defRPr><a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill></a:defRPr></a:lvl1pPr>"
        )
    )


def black_on_a_black_slide(slide: Slide, box: Shape) -> None:
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = RGBColor(0, 0, 0)
    font_of(slide.shapes[0]).color.rgb = RGBColor(0xFF, 0xFF, 0xFF)


def blue_on_a_blue_box(slide: Slide, box: Shape) -> None:
    box.fill.solid()
    box.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    font_of(box).color.theme_color = MSO_THEME_COLOR.ACCENT_1


def without_a_colour(slide: Slide, box: Shape) -> None:
    font_of(box).fill.background()


def too_small(slide: Slide, box: Shape) -> None:
    font_of(box).size = Pt(1)


@pytest.mark.parametrize("dress", [
    white, nearly_white, in_the_paper_of_the_theme, in_a_pale_shade_of_the_theme, white_by_the_list_of_its_shape,
    black_on_a_black_slide, blue_on_a_blue_box, without_a_colour, too_small,
])  # fmt: skip
def test_words_of_a_slide_in_the_colour_of_what_they_stand_on_are_reported(
    dress: Callable[[Slide, Shape], None],
) -> None:
    assert is_reported(slide_of(UNSEEN, dress))


def on_a_dark_box(slide: Slide, box: Shape) -> None:
    box.fill.solid()
    box.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    white(slide, box)


def on_a_dark_slide(slide: Slide, box: Shape) -> None:
    slide.background.fill.solid()
    slide.background.fill.fore_color.rgb = RGBColor(0x10, 0x20, 0x50)
    white(slide, box)
    white(slide, slide.shapes[0])


def on_a_bar_beneath(slide: Slide, box: Shape) -> None:
    bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, Emu(1_900_000), Emu(9_000_000), Emu(700_000))
    box._element.addprevious(bar._element)
    white(slide, box)


def on_a_picture(slide: Slide, box: Shape) -> None:
    raw = io.BytesIO()
    Image.new("L", (20, 20), 0).save(raw, "PNG")
    photo = slide.shapes.add_picture(raw, 0, Emu(1_900_000), Emu(9_000_000), Emu(700_000))
    box._element.addprevious(photo._element)
    white(slide, box)


def in_a_shape_as_it_comes(slide: Slide, box: Shape) -> None:
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, Emu(4_000_000), Emu(2_000_000), Emu(700_000))
    shape.text_frame.text = "Apply now"


def in_a_table_as_it_comes(slide: Slide, box: Shape) -> None:
    table = slide.shapes.add_table(2, 2, 0, Emu(4_000_000), Emu(2_000_000), Emu(700_000)).table
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = f"cell {row} {column}"
    table.cell(0, 0).text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)


@pytest.mark.parametrize("dress", [
    on_a_dark_box, on_a_dark_slide, on_a_bar_beneath, on_a_picture, in_a_shape_as_it_comes, in_a_table_as_it_comes,
])  # fmt: skip
def test_words_that_are_seen_on_a_slide_stay_words(dress: Callable[[Slide, Shape], None]) -> None:
    document = slide_of("Seen as well.", dress)
    assert "Seen as well." in document.text
    assert document.hidden == ()


def test_white_words_in_a_pale_row_of_a_slides_table_are_reported() -> None:
    def dress(slide: Slide, box: Shape) -> None:
        in_a_table_as_it_comes(slide, box)
        table = slide.shapes[-1].table
        table.cell(1, 1).text = UNSEEN
        table.cell(1, 1).text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)

    assert is_reported(slide_of("Beside it.", dress))


@pytest.mark.parametrize("layout", range(11))
def test_every_layout_of_the_usual_template_is_read_whole(layout: int) -> None:
    show, raw = Presentation(), io.BytesIO()
    slide = show.slides.add_slide(show.slide_layouts[layout])
    written = [f"Words {n}." for n, place in enumerate(slide.placeholders) if place.has_text_frame]
    for place, words in zip((p for p in slide.placeholders if p.has_text_frame), written, strict=True):
        place.text_frame.text = words
    slide.shapes.add_textbox(Emu(0), Emu(0), Emu(3_000_000), Emu(500_000)).text_frame.text = SEEN
    show.save(raw)
    assert parse(Source("x.pptx", raw.getvalue())).hidden == ()


def test_white_words_inherited_from_the_placeholder_of_the_layout_are_reported() -> None:
    show, raw = Presentation(), io.BytesIO()
    layout = show.slide_layouts[1]
    slide = show.slides.add_slide(layout)
    slide.shapes.title.text, slide.placeholders[1].text = SEEN, UNSEEN
    styles = layout.placeholders[1]._element.find(f".//{pptx_qn('a:lstStyle')}")
    styles.append(
        parse_xml(
            f"<a:lvl1pPr {A}><a:defRPr><a:solidFill><a:schemeClr val='bg1'/></a:solidFill></a:defRPr></a:lvl1pPr>"
        )
    )
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
