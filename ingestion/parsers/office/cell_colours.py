"""The colours of a sheet's cells: given, indexed, or of the workbook's theme with a tint (ECMA-376 part 1, 18.8)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from openpyxl.cell.cell import Cell
from openpyxl.styles.colors import COLOR_INDEX, Color
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.parsers.office.colours import BLACK, WHITE, lightened, near

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
SLOTS = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")  # as cells count them
SYSTEM = {64: BLACK, 65: WHITE}  # indexed: the screen's own words and paper


class CellColours:
    """What the words of one sheet's cells look like against their cells."""

    def __init__(self, sheet: Worksheet) -> None:
        theme = sheet.parent.loaded_theme if sheet.parent is not None else None
        self._theme = dict(_theme(theme)) if theme else {0: WHITE, 1: BLACK}
        self._styled = {
            (top, column)
            for table in sheet.tables.values()
            if table.tableStyleInfo is not None
            for left, top, right, _ in [range_boundaries(table.ref)]
            for column in range(left, right + 1)
        }

    def vanishes(self, cell: Cell) -> bool:
        """Whether words have the colour of their cell. A table's style may colour its head: that is not known."""
        fill = cell.fill
        if fill is None or fill.fill_type is None:
            behind = None if (cell.row, cell.column) in self._styled else WHITE
        else:
            behind = self._colour(fill.fgColor, WHITE) if fill.fill_type == "solid" else None
        drawn = self._colour(cell.font.color if cell.font is not None else None, BLACK)
        return drawn is not None and behind is not None and near(drawn, behind)

    def _colour(self, colour: Color | None, otherwise: str) -> str | None:
        if colour is None:
            return otherwise
        base = self._base(colour)
        tint = float(colour.tint or 0.0)
        if base is None or not tint:
            return base
        return lightened(base, 1 + tint, 0.0) if tint < 0 else lightened(base, 1 - tint, tint)

    def _base(self, colour: Color) -> str | None:
        if colour.type == "theme":
            return self._theme.get(int(colour.theme))
        if colour.type == "indexed":
            indexed = int(colour.indexed)
            return SYSTEM.get(indexed) or (COLOR_INDEX[indexed][-6:] if indexed < len(COLOR_INDEX) else None)
        return str(colour.rgb)[-6:].upper() if colour.type == "rgb" else None


def _theme(raw: bytes) -> Iterator[tuple[int, str]]:
    root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    scheme = root.find(f".//{DRAWING}clrScheme")
    for number, slot in enumerate(SLOTS if scheme is not None else ()):
        found = None if scheme is None else scheme.find(f"{DRAWING}{slot}")
        if found is not None and len(found):
            yield number, str(found[0].get("lastClr") or found[0].get("val")).upper()
