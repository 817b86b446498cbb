"""What lies behind the words of a slide's shapes: their own fill, what is drawn beneath them, or the slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree
from pptx.oxml.ns import qn
from pptx.shapes.base import BaseShape
from pptx.shapes.connector import Connector
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.shapes.picture import Picture
from pptx.slide import Slide as Page
from pptx.slide import SlideLayout, SlideMaster

from ingestion.parsers.office.palette import CLEAR, Fill, Palette, background

COVERS = 0.25  # of a shape's box: what covers less is not what its words stand on
OFF = ("0", "false")
NO_STYLE = frozenset({"{2D5ABB26-0587-4C30-8999-92F81FD0307C}", "{5940675A-B579-460E-94D1-54222C63F5DA}"})
PALE_BODY = "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"  # PowerPoint's usual table: pale rows under a dark header

Box = tuple[int, int, int, int]
Drawn = list[tuple[Box, Fill]]


def backdrops(page: Page, palette: Palette) -> Iterator[tuple[BaseShape, Fill]]:
    """Every shape of the slide, also those inside groups, with what its words stand on; None where it is not known."""
    yield from _stacked(page.shapes, background(page, palette), list(_beneath(page, palette)), palette)


def cell_fill(table: etree._Element, row: int, column: int, under: Fill, palette: Palette) -> Fill:
    """What the words of a cell stand on. Of the table styles only the usual one is known."""
    cell = table.findall(qn("a:tr"))[row].findall(qn("a:tc"))[column]
    is_set, fill = palette.fill(cell.find(qn("a:tcPr")))
    if is_set:
        return under if fill == CLEAR else fill
    properties = table.find(qn("a:tblPr"))
    style = None if properties is None else properties.findtext(qn("a:tableStyleId"))
    if style is None or style in NO_STYLE:
        return under
    marked = {key for key, value in (properties.attrib if properties is not None else {}).items() if value not in OFF}
    plain = not marked & {"lastRow", "firstCol", "lastCol"} and (row > 0 or "firstRow" not in marked)
    return palette.named("bg1") if style == PALE_BODY and plain else None


def _beneath(page: Page, palette: Palette) -> Iterator[tuple[Box, Fill]]:
    """What layout and master draw on every slide."""
    layout = page.slide_layout
    if page._element.get("showMasterSp") in OFF:
        return
    parts: list[SlideLayout | SlideMaster] = (
        [layout] if layout._element.get("showMasterSp") in OFF else [layout.slide_master, layout]
    )
    for part in parts:
        for shape in part.shapes:
            if not shape.is_placeholder and (fill := _fill(shape, palette)) != CLEAR:
                yield _box(shape), fill


def _stacked(
    shapes: Iterable[BaseShape], under: Fill, beneath: Drawn, palette: Palette
) -> Iterator[tuple[BaseShape, Fill]]:
    drawn = list(beneath)
    for shape in shapes:
        behind = next((fill for box, fill in reversed(drawn) if _covers(box, _box(shape))), under)
        fill = _fill(shape, palette)
        if isinstance(shape, GroupShape):
            yield from _stacked(shape.shapes, behind, [], palette)
        else:
            yield shape, behind if fill == CLEAR or isinstance(shape, GraphicFrame) else fill
        if fill != CLEAR:
            drawn.append((_box(shape), fill))


def _fill(shape: BaseShape, palette: Palette) -> Fill:
    if isinstance(shape, GroupShape | Picture | GraphicFrame):
        return None
    if isinstance(shape, Connector):
        return CLEAR
    given: BaseShape | None = shape
    while given is not None:  # a placeholder is filled as that of its layout, or of its master
        is_set, fill = palette.fill(given._element.find(qn("p:spPr")))
        if is_set:
            return fill
        given = getattr(given, "_base_placeholder", None)
    styled = shape._element.find(f"{qn('p:style')}/{qn('a:fillRef')}")
    return CLEAR if styled is None or styled.get("idx") == "0" else palette.colour(styled)


def _box(shape: BaseShape) -> Box:
    left, top = int(shape.left or 0), int(shape.top or 0)
    return left, top, left + int(shape.width or 0), top + int(shape.height or 0)


def _covers(box: Box, other: Box) -> bool:
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    area = max((other[2] - other[0]) * (other[3] - other[1]), 1)
    return wide > 0 and high > 0 and wide * high >= COVERS * area
