"""Runs of a Word document that its reader does not see: hidden, tiny, or in the colour of what lies behind them.

Formats are looked up in the run, its character style, its paragraph's style and the document's defaults (ECMA-376
part 1, 17.7.2). A colour is compared with highlight or shading (run, paragraph, cell, table) or the fill of the text
box they stand in, else with white paper.
"""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from ingestion.parsers.office.colours import WHITE, near
from knowledge_bases.parsed import Hiding

VAL = qn("w:val")
SMALLEST = 4  # half points
NARROWEST = 10  # percent of a letter's width
PAPER = frozenset({"background1", "light1"})  # colours of a theme
WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
TEXT_FILL = f"{WORD_2010}textFill"
OFF = frozenset({"0", "false", "off", "none"})
DEEPEST = 10  # styles based on styles
HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip


class Unshown:
    """The formats of one document."""

    def __init__(self, word: Word) -> None:
        self._styles = {style.get(qn("w:styleId")): style for style in word.styles.element.iter(qn("w:style"))}
        self._defaults = word.styles.element.find(f"./{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")

    def hiding(self, run: BaseOxmlElement) -> Hiding | None:
        """Why the words of ``run`` (w:r) are not seen; None where they are."""
        formats = list(self._formats(run))
        vanish = _first(formats, "w:vanish")
        if vanish is not None and vanish.get(VAL, "1") not in OFF:
            return Hiding.NOT_SHOWN
        size = _first(formats, "w:sz")
        if size is not None and _number(size.get(VAL)) < SMALLEST:
            return Hiding.TINY
        width = _first(formats, "w:w")
        if width is not None and _number(width.get(VAL)) < NARROWEST:
            return Hiding.TINY
        effect = _first(formats, TEXT_FILL)
        if effect is not None and effect.find(f"{WORD_2010}noFill") is not None:
            return Hiding.NOT_SHOWN
        value = _drawn(effect, _first(formats, "w:color"))
        behind = self._behind(run, formats) if value != "auto" else None
        return Hiding.SAME_COLOUR if behind is not None and near(value, behind) else None

    def _formats(self, run: BaseOxmlElement) -> Iterator[BaseOxmlElement]:
        own = run.find(qn("w:rPr"))
        paragraph = next(run.iterancestors(qn("w:p")))
        if own is not None:
            yield own
            yield from self._based(own.find(qn("w:rStyle")), "w:rPr")
        yield from self._based(paragraph.find(f"./{qn('w:pPr')}/{qn('w:pStyle')}"), "w:rPr")
        if self._defaults is not None:
            yield self._defaults

    def _based(self, named: BaseOxmlElement | None, part: str) -> Iterator[BaseOxmlElement]:
        """The part of a style and of the styles it is based on."""
        for _ in range(DEEPEST):
            style = self._styles.get(named.get(VAL)) if named is not None else None
            if style is None:
                return
            found = style.find(qn(part))
            if found is not None:
                yield found
            named = style.find(qn("w:basedOn"))

    def _behind(self, run: BaseOxmlElement, formats: list[BaseOxmlElement]) -> str | None:
        """The colour behind a run; None where a table's style may colour it, or a box is not of one known colour."""
        highlight = _first(formats, "w:highlight")
        if highlight is not None and highlight.get(VAL) in HIGHLIGHTS:
            return HIGHLIGHTS[str(highlight.get(VAL))]
        paragraph = next(run.iterancestors(qn("w:p")))
        own = paragraph.find(qn("w:pPr"))
        styled = self._based(own.find(qn("w:pStyle")) if own is not None else None, "w:pPr")
        for place in (*formats, *([own] if own is not None else []), *styled):
            if (fill := _fill(place)) is not None:
                return fill
        for cell in run.iterancestors(qn("w:tc"), qn("w:txbxContent")):
            if cell.tag == qn("w:txbxContent"):
                return _box_fill(cell)
            if (fill := _fill(cell.find(qn("w:tcPr")))) is not None:
                return fill
            if self._table_shades(cell):
                return None
        return WHITE

    def _table_shades(self, cell: BaseOxmlElement) -> bool:
        """Whether the table's style shades the cell, or all of its cells: heads of tables are styled so."""
        row = next(cell.iterancestors(qn("w:tr")))
        table = next(row.iterancestors(qn("w:tbl")))
        named = table.find(f"./{qn('w:tblPr')}/{qn('w:tblStyle')}")
        style = self._styles.get(named.get(VAL)) if named is not None else None
        if style is None:
            return False
        if any(_fill(place) not in {None, WHITE} for place in style.findall(qn("w:tcPr"))):
            return True
        kinds = {"firstRow": row.getprevious() is None or row.getprevious().tag != qn("w:tr")}
        kinds["lastRow"] = row.getnext() is None
        kinds["firstCol"] = cell.getprevious() is None or cell.getprevious().tag != qn("w:tc")
        kinds["lastCol"] = cell.getnext() is None
        return any(
            (kinds.get(part.get(qn("w:type"), ""), False) or "band" in part.get(qn("w:type"), ""))
            and _fill(part.find(qn("w:tcPr"))) not in {None, WHITE}
            and not _is_light(_fill(part.find(qn("w:tcPr"))))
            for part in style.findall(qn("w:tblStylePr"))
        )


def _drawn(effect: BaseOxmlElement | None, colour: BaseOxmlElement | None) -> str:
    """The colour of a run: that of Word 2010's effect where it is given, else the plain one."""
    filled = None if effect is None else effect.find(f"{WORD_2010}solidFill/{WORD_2010}srgbClr")
    if filled is not None:
        return str(filled.get(f"{WORD_2010}val", "auto"))
    return _colour(colour) if colour is not None else "auto"


def _box_fill(words: BaseOxmlElement) -> str | None:
    """The colour of a text box; None where it is of the theme, a gradient, or a drawing of before 2010."""
    shape = next(words.iterancestors(f"{SHAPE}wsp"), None)
    if shape is None:
        return None
    own = shape.find(f"{SHAPE}spPr")
    fill = None if own is None else next((part for part in own if part.tag.endswith("Fill")), None)
    if fill is None:
        return WHITE if shape.find(f"{SHAPE}style") is None else None
    given = fill.find(f"{DRAWING}srgbClr")
    return str(given.get("val")) if given is not None else WHITE if fill.tag == f"{DRAWING}noFill" else None


def _colour(place: BaseOxmlElement) -> str:
    value = str(place.get(VAL, "auto"))
    return WHITE if value == "auto" and place.get(qn("w:themeColor")) in PAPER else value


def _first(formats: list[BaseOxmlElement], name: str) -> BaseOxmlElement | None:
    tag = name if name.startswith("{") else qn(name)
    return next((found for place in formats if (found := place.find(tag)) is not None), None)


def _fill(place: BaseOxmlElement | None) -> str | None:
    """The shading named in a set of properties; a solid pattern shows its own colour."""
    shade = place.find(qn("w:shd")) if place is not None else None
    if shade is None:
        return None
    key = "w:color" if shade.get(VAL) == "solid" else "w:fill"
    value = str(shade.get(qn(key), "auto"))
    if value == "auto":
        return "000000" if key == "w:color" else None
    return value


def _is_light(fill: str | None) -> bool:
    return fill is not None and near(fill, WHITE)


def _number(value: str | None) -> float:
    try:
        return float(value or "nan")
    except ValueError:
        return float("nan")
