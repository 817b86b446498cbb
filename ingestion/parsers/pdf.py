"""PDF by pdfium: words with their places, in reading order, every one checked against the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pypdfium2 as pdfium

from ingestion.errors import EmptyFile, EncryptedFile, UnreadableFile
from ingestion.parsers import document
from ingestion.parsers.drawn import furniture, sheet
from ingestion.parsers.drawn.headings import is_heading, levels, style_of
from ingestion.parsers.drawn.objects import objects_on
from ingestion.parsers.drawn.order import reading_order
from ingestion.parsers.drawn.paragraphs import Body, Passage, body_of, passages
from ingestion.parsers.drawn.segment import DrawnGrid
from ingestion.parsers.drawn.sheet import Sheet
from ingestion.parsers.drawn.tables import continues, extended, grid_of
from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, text_of
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.hidden.layers import may_have_layers
from ingestion.parsers.hidden.pages import take_off
from ingestion.parsers.labels import starts_item
from ingestion.parsers.recognised.pages import Completed, as_filed, completed
from knowledge_bases.parsed import ParsedDocument

MAGIC = b"%PDF-"
MAGIC_WITHIN = 1024
PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD


def match(raw: bytes) -> Match:
    """The mark may stand a little way in: scanners and mail gateways put bytes before it."""
    return Match.CERTAIN if MAGIC in raw[:MAGIC_WITHIN] else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The words of a PDF. Pages without readable text are read from their pictures; those left carry a ``problem``.

    Raises:
        EncryptedFile: it opens only with a password. UnreadableFile: damaged. EmptyFile: no page has words.
    """
    read = _read(source)
    sheets = read.sheets
    if not any(found.items for found in sheets):
        raise EmptyFile(source.name, f"no page could be read (page 1: {sheets[0].page.problem})", "upload it with text")
    bare = furniture.stripped(sheets)
    pages = [reading_order(found.items, found.page.width) for found in bare.sheets]
    body = body_of([item for items in pages for item in items])
    found = list(passages(pages, body))
    hidden = [entry for each in sheets for entry in each.hidden]
    parser = f"{FORMAT.name}/{FORMAT.version}"
    written = document.write(_elements(found, body), parser, [s.page for s in sheets], hidden)
    return replace(as_filed(written, read.poses), left_out=bare.left_out)


def _read(source: Source) -> Completed:
    pdf = _open(source)
    try:
        layers = may_have_layers(source.raw)
        sheets = [_sheet(pdf, number, layers=layers) for number in range(1, len(pdf) + 1)]
        return completed(pdf, sheets, source.recognition)
    except pdfium.PdfiumError as error:
        raise UnreadableFile(source.name, "the PDF is damaged", "export it again and upload the new file") from error
    finally:
        pdf.close()


def _sheet(pdf: pdfium.PdfDocument, number: int, *, layers: bool) -> Sheet:
    try:
        page = pdf[number - 1]
    except pdfium.PdfiumError:
        return sheet.broken(number)
    try:
        objects = objects_on(page)
        concealed = take_off(page, number, objects, layers=layers)
        found = sheet.read(page, number, objects, concealed.glyphs)
        if concealed.recognised:
            found = replace(found, page=replace(found.page, recognised=True))
        return replace(found, hidden=concealed.hidden)
    except pdfium.PdfiumError:
        return sheet.broken(number, *page.get_size())
    finally:
        page.close()


def _open(source: Source) -> pdfium.PdfDocument:
    try:
        pdf = pdfium.PdfDocument(source.raw)
    except pdfium.PdfiumError as error:
        if error.err_code == PASSWORD_ERROR:
            raise EncryptedFile(source.name, "it is protected by a password", "remove the password") from error
        raise UnreadableFile(source.name, "the PDF is damaged", "export it again and upload the new file") from error
    if len(pdf) == 0:
        raise EmptyFile(source.name, "it has no pages", "export it again and upload the new file")
    return pdf


def _elements(found: Sequence[Passage | DrawnGrid], body: Body) -> list[Element]:
    headings = [part for part in found if isinstance(part, Passage) and is_heading(part, body)]
    level = levels(headings)
    known = {id(part) for part in headings}
    elements: list[Element] = []
    for part in found:
        if isinstance(part, DrawnGrid):
            _add_grid(elements, part)
        elif id(part) in known:
            elements.append(Heading(part.words, level[style_of(part)]))
        else:
            words = part.words
            elements.append(Paragraph(words, item=starts_item(text_of(words))))
    return elements


def _add_grid(elements: list[Element], drawn: DrawnGrid) -> None:
    last = elements[-1] if elements else None
    if isinstance(last, Grid) and continues(last, drawn):
        elements[-1] = extended(last, drawn)
    else:
        elements.append(grid_of(drawn))


FORMAT = Format("pdf", 6, frozenset({".pdf"}), match, parse)
