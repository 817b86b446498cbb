"""Word documents by python-docx, in document order. There are no pages: Word lays them out anew on every machine."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from ingestion.parsers import document
from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, Row, Words, plain
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.hidden.report import hidden_text
from ingestion.parsers.labels import starts_item
from ingestion.parsers.office import container
from ingestion.parsers.office.container import Kind
from ingestion.parsers.word import boxes, revisions
from ingestion.parsers.word.footnotes import Footnotes
from ingestion.parsers.word.numbering import Numbering
from ingestion.parsers.word.unshown import Unshown
from knowledge_bases.parsed import HiddenText, ParsedDocument

SIGNS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
NOTE_REFERENCES = (qn("w:footnoteReference"), qn("w:endnoteReference"))
HEADING_STYLE = re.compile(r"heading (\d)", re.IGNORECASE)


def match(raw: bytes) -> Match:
    """A container with Word's parts."""
    return Match.CERTAIN if container.kind_of(raw) is Kind.WORD else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The headings, paragraphs, lists, tables and text boxes of a Word document.

    Raises:
        UnreadableFile: damaged. EncryptedFile: it opens only with a password. ParseLimitExceeded: a zip bomb.
    """
    unpacked = container.unpacked(source, Kind.WORD)
    try:
        word = Document(io.BytesIO(unpacked.raw))
        problems = revisions.settle(word.element.body)
        hidden = _taken_out(word)
        elements = list(_elements(word))
    except MemoryError:
        raise
    except Exception as error:  # python-docx raises KeyError, ValueError, lxml and zlib errors on damaged files
        raise container.damaged(source, Kind.WORD) from error
    return replace(document.write(elements, f"{FORMAT.name}/{FORMAT.version}", hidden=hidden), problems=problems)


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


def _elements(word: Word) -> Iterator[Element]:
    numbering, footnotes = Numbering(word), Footnotes(word)
    for part in word.iter_inner_content():
        called = len(footnotes)
        yield from _part(part, numbering, footnotes)
        for box in boxes.of(part):
            yield from _part(box, numbering, footnotes)
        yield from (Paragraph(plain(note)) for note in footnotes.below(called))


def _part(part: WordParagraph | Table, numbering: Numbering, footnotes: Footnotes) -> Iterator[Element]:
    yield _grid(part, footnotes) if isinstance(part, Table) else _paragraph(part, numbering, footnotes)


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
    if node.tag in NOTE_REFERENCES:
        return footnotes.mark(node)
    return (node.text or "") if node.tag == qn("w:t") else SIGNS.get(node.tag, "")


def _grid(table: Table, footnotes: Footnotes) -> Grid:
    headers: list[Row] = []
    rows: list[Row] = []
    for number, row in enumerate(table.rows):
        marked = row._tr.find(f"./{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        cells = tuple(_cell(cell, footnotes) for cell in _unrepeated(row.cells))
        (headers if marked or number == 0 else rows).append(cells)
    if not any(map(any, rows)):  # a table of one row is a frame around words, not a header of nothing
        headers, rows = [], headers
    return Grid(tuple(headers), tuple(rows))


def _cell(cell: _Cell, footnotes: Footnotes) -> Words:
    """All words of a cell, those of a table inside it row by row."""
    return plain("\n".join(_inside(cell, footnotes)))


def _inside(cell: _Cell, footnotes: Footnotes) -> Iterator[str]:
    for part in cell.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                yield from (" ".join(_inside(inner, footnotes)) for inner in _unrepeated(row.cells))
        else:
            yield _text(part, footnotes)


def _unrepeated(cells: Sequence[_Cell]) -> Iterator[_Cell]:
    """python-docx gives a cell once for every column it spans."""
    before = None
    for cell in cells:
        if cell._tc is not before:
            yield cell
        before = cell._tc


FORMAT = Format("docx", 4, frozenset({".docx", ".docm", ".dotx"}), match, parse)
