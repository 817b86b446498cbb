"""Words on a slide that nobody sees: in the colour of what they stand on, without any colour, or too small.

A colour is looked up in the run, the lists of its shape and of its placeholder's layout and master, the shape's style,
the master's text styles and the presentation's (ECMA-376 part 1, 21.1.2.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide as Page

from ingestion.parsers.hidden.report import hidden_text
from ingestion.parsers.office.backdrop import backdrops, cell_fill
from ingestion.parsers.office.colours import near
from ingestion.parsers.office.palette import CLEAR, Fill, Palette
from knowledge_bases.parsed import HiddenText, Hiding

SMALLEST = 200  # hundredths of a point
TITLES = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE})
RUNS = (qn("a:r"), qn("a:fld"))


def taken_out(page: Page, shapes: list[BaseShape], where: str) -> list[HiddenText]:
    """The unseen words of these shapes, taken out of the slide."""
    palette, wanted = Palette(page), {shape.shape_id for shape in shapes}
    found: list[HiddenText] = []
    for shape, behind in backdrops(page, palette):
        for run, under in _runs(shape, behind, palette) if shape.shape_id in wanted else ():
            hiding = _hiding(run, shape, under, page, palette)
            words = run.findtext(qn("a:t")) or ""
            if hiding is not None and words.strip():
                found += hidden_text(hiding, words, where=where)
                run.getparent().remove(run)
    return found


def _runs(shape: BaseShape, behind: Fill, palette: Palette) -> Iterator[tuple[etree._Element, Fill]]:
    """The runs of a shape, or of its table's cells, each with what it stands on."""
    if isinstance(shape, GraphicFrame) and shape.has_table:
        table = shape._element.find(f".//{qn('a:tbl')}")
        for r, row in enumerate(table.findall(qn("a:tr"))):
            for c, cell in enumerate(row.findall(qn("a:tc"))):
                under = cell_fill(table, r, c, behind, palette)
                yield from ((run, under) for run in list(cell.iter(*RUNS)))
    elif (body := shape._element.find(qn("p:txBody"))) is not None:
        yield from ((run, behind) for run in list(body.iter(*RUNS)))


def _hiding(run: etree._Element, shape: BaseShape, under: Fill, page: Page, palette: Palette) -> Hiding | None:
    properties = run.find(qn("a:rPr"))
    size = "" if properties is None else properties.get("sz", "")
    if size.isdigit() and int(size) < SMALLEST:
        return Hiding.TINY
    colour = _colour(run, shape, page, palette)
    if colour == CLEAR:
        return Hiding.NOT_SHOWN
    return Hiding.SAME_COLOUR if colour is not None and under is not None and near(colour, under) else None


def _colour(run: etree._Element, shape: BaseShape, page: Page, palette: Palette) -> Fill:
    """The colour of a run; None where it is not known, or only a table's style says it."""
    for given in _formats(run, shape, page):
        if given.tag == qn("a:fontRef"):
            if len(given):
                return palette.colour(given)
            continue
        is_set, fill = palette.fill(given)
        if is_set:
            return fill
    return None if isinstance(shape, GraphicFrame) else palette.named("tx1")


def _formats(run: etree._Element, shape: BaseShape, page: Page) -> Iterator[etree._Element]:
    properties = run.find(qn("a:rPr"))
    paragraph = run.getparent().find(qn("a:pPr"))
    level = f"a:lvl{int(paragraph.get('lvl', '0') if paragraph is not None else '0') + 1}pPr"
    if properties is not None:
        yield properties
    if isinstance(shape, GraphicFrame):
        return
    given: BaseShape | None = shape
    while given is not None:
        yield from _at(level, given._element.find(f"{qn('p:txBody')}/{qn('a:lstStyle')}"))
        given = getattr(given, "_base_placeholder", None)
    yield from shape._element.findall(f"{qn('p:style')}/{qn('a:fontRef')}")
    styles = page.slide_layout.slide_master._element.find(qn("p:txStyles"))
    yield from _at(level, None if styles is None else styles.find(qn(_style(shape))))
    yield from _at(level, page.part.package.presentation_part.presentation._element.find(qn("p:defaultTextStyle")))


def _style(shape: BaseShape) -> str:
    if not shape.is_placeholder:
        return "p:otherStyle"
    return "p:titleStyle" if shape.placeholder_format.type in TITLES else "p:bodyStyle"


def _at(level: str, styles: etree._Element | None) -> Iterator[etree._Element]:
    if styles is not None:
        for name in (level, "a:defPPr"):
            yield from styles.findall(f"{qn(name)}/{qn('a:defRPr')}")
