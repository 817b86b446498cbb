"""One slide: its title and words in the order in which they are read, what it hides, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.shapes.picture import Picture
from pptx.slide import Slide as Page
from pptx.table import Table

from ingestion.parsers.elements import Element, Grid, Heading, Paragraph, Row, Words, plain, text_of
from ingestion.parsers.labels import starts_item
from ingestion.parsers.office.charts import grid_of
from ingestion.parsers.office.hidden import not_shown
from ingestion.parsers.office.unseen import taken_out
from knowledge_bases.parsed import HiddenText

LISTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY)
FURNITURE = (PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER)
BANDS = 24  # shapes whose tops lie within a 24th of the slide's height stand beside each other
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


@dataclass(frozen=True)
class Slide:
    """What is shown of a slide (nothing of a hidden one), what is not, and what was not read."""

    elements: tuple[Element, ...]
    hidden: tuple[HiddenText, ...]
    problems: tuple[str, ...]


def read(page: Page, number: int, height: int) -> Slide:
    """The slide with its 1-based number; ``height`` is that of the slides, in the file's own units."""
    shapes = list(_ordered(page.shapes, height))
    off = {shape.shape_id for shape in page.shapes if _is_off(shape, page)}
    unseen = [shape for shape in shapes if _is_hidden(shape) or shape.shape_id in off]
    shown = [shape for shape in shapes if shape not in unseen]
    where = f"slide {number}"
    hidden = [*_words(where, unseen), *taken_out(page, shown, where), *_notes(page, where)]
    if page._element.get("show") in ("0", "false"):
        return Slide((), (*_words(f"{where} (hidden)", shown), *hidden), ())
    elements = tuple(_elements(page, shown))
    problems = tuple(_unread(shown, where, empty=not elements))
    return Slide((Heading(plain(f"Slide {number}"), 1), *elements) if elements else (), tuple(hidden), problems)


def _is_off(shape: BaseShape, page: Page) -> bool:
    """Whether the shape lies wholly beside its slide."""
    show = page.part.package.presentation_part.presentation
    left, top = shape.left or 0, shape.top or 0
    beside = left >= (show.slide_width or left + 1) or left + (shape.width or 0) < 0
    return beside or top >= (show.slide_height or top + 1) or top + (shape.height or 0) < 0


def _ordered(shapes: Iterable[BaseShape], height: int) -> Iterator[BaseShape]:
    """Band by band from the top, each from the left; a group is read whole, where it begins."""
    band = max(1, height // BANDS)
    for shape in sorted(shapes, key=lambda s: ((s.top or 0) // band, s.left or 0)):
        if isinstance(shape, GroupShape) and not _is_hidden(shape):
            yield from _ordered(shape.shapes, height)
        else:
            yield shape


def _elements(page: Page, shapes: list[BaseShape]) -> Iterator[Element]:
    title = page.shapes.title
    if title is not None and not _is_hidden(title):
        yield from (Heading(words, 2) for words in [plain(title.text_frame.text)] if words)
    for shape in shapes:
        if (title is None or shape.shape_id != title.shape_id) and not _is_furniture(shape):
            yield from _shape(shape)


def _shape(shape: BaseShape) -> Iterator[Element]:
    if isinstance(shape, GraphicFrame) and shape.has_table:
        yield _table(shape.table)
    elif isinstance(shape, GraphicFrame) and shape.has_chart:
        yield from grid_of(shape.chart)
    elif isinstance(shape, Shape):
        listed = shape.is_placeholder and shape.placeholder_format.type in LISTS
        for paragraph in shape.text_frame.paragraphs:
            text = paragraph.text.replace("\v", "\n")
            if text.strip():
                yield Paragraph(plain(text), item=listed or paragraph.level > 0 or starts_item(text))


def _table(table: Table) -> Grid:
    rows = [_row(table, number) for number in range(len(table.rows))]
    headed = table.first_row and any(map(any, rows[1:]))
    return Grid(tuple(rows[:1]) if headed else (), tuple(rows[1:] if headed else rows))


def _row(table: Table, number: int) -> Row:
    return tuple(plain(_cell(table, number, column)) for column in range(len(table.columns)))


def _cell(table: Table, row: int, column: int) -> str:
    """The words of a cell; one merged over rows stands in each, so that a row can be read alone."""
    cell = table.cell(row, column)
    if not cell.is_spanned:
        return str(cell.text).replace("\v", "\n")
    above = row
    while above > 0 and table.cell(above, column)._tc.get("vMerge") in ("1", "true"):
        above -= 1
    origin = table.cell(above, column)
    return "" if origin.is_spanned or above == row else str(origin.text).replace("\v", "\n")


def _notes(page: Page, where: str) -> Iterator[HiddenText]:
    frame = page.notes_slide.notes_text_frame if page.has_notes_slide else None
    if frame is not None:
        yield from not_shown(frame.text, f"{where}, speaker notes")


def _words(where: str, shapes: list[BaseShape]) -> Iterator[HiddenText]:
    for shape in shapes:
        inside = list(shape.shapes) if isinstance(shape, GroupShape) else [shape]
        texts = [text_of(words) for part in inside for element in _shape(part) for words in _all(element)]
        yield from not_shown(" ".join(texts), where)


def _all(element: Element) -> list[Words]:
    if isinstance(element, Grid):
        return [element.caption, *(cell for row in (*element.headers, *element.rows) for cell in row)]
    return [element.words]


def _unread(shapes: list[BaseShape], where: str, *, empty: bool) -> Iterator[str]:
    if any(DIAGRAM in (shape._element.xpath("string(.//a:graphicData/@uri)") or "") for shape in shapes):
        yield f"{where}: a SmartArt drawing was not read"
    if empty and any(isinstance(shape, Picture) for shape in shapes):
        yield f"{where}: it has no words, only pictures, which were not read"


def _is_hidden(shape: BaseShape) -> bool:
    properties = next(shape._element.iter(qn("p:cNvPr")), None)
    return properties is not None and properties.get("hidden") in ("1", "true")


def _is_furniture(shape: BaseShape) -> bool:
    return bool(shape.is_placeholder) and shape.placeholder_format.type in FURNITURE
