"""The colours a slide's words and shapes are drawn in: given, of the theme by its slide's names, changed by degrees.

ECMA-376 part 1, 20.1.2.3 (colours) and 19.3.1.6 (which of the theme's colours a slide's names mean).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.slide import Slide as Page

from ingestion.parsers.office.colours import BLACK, WHITE, lightened, mixed

PERCENT = 100_000
FILLS = tuple(map(qn, ("a:solidFill", "a:noFill", "a:gradFill", "a:blipFill", "a:pattFill", "a:grpFill")))
SEEN_THROUGH = 0.16  # of a colour's opacity; a fainter one is not seen
CLEAR = ""  # nothing is drawn
Fill = str | None  # a colour, CLEAR, or None: drawn, but not in one colour that is known


class Palette:
    """The colours of one slide."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._master = page.slide_layout.slide_master

    @cached_property
    def theme(self) -> etree._Element:
        """The theme of the slide's master."""
        return etree.fromstring(self._master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob, _PARSER)

    @cached_property
    def _scheme(self) -> dict[str, str]:
        scheme = self.theme.find(f".//{qn('a:clrScheme')}")
        return {etree.QName(slot).localname: _plain(slot[0]) or BLACK for slot in (() if scheme is None else scheme)}

    @cached_property
    def _names(self) -> dict[str, str]:
        """Slots of the scheme by the names that are used: the slide's own, else its layout's, else the master's."""
        own = (part._element.find(f".//{qn('a:overrideClrMapping')}") for part in (self._page, self._page.slide_layout))
        chosen = next((found for found in own if found is not None), self._master._element.find(qn("p:clrMap")))
        return {} if chosen is None else {str(key): str(value) for key, value in chosen.attrib.items()}

    def fill(self, properties: etree._Element | None) -> tuple[bool, Fill]:
        """Whether the properties say how to fill, and the fill."""
        found = None if properties is None else next((part for part in properties if part.tag in FILLS), None)
        if found is None:
            return False, None
        if found.tag == qn("a:noFill"):
            return True, CLEAR
        return True, self.colour(found) if found.tag == qn("a:solidFill") else None

    def colour(self, place: etree._Element) -> Fill:
        """The colour inside ``place``; CLEAR where it is too faint to be seen, None where it is not known."""
        named = next(iter(place), None)
        value = None if named is None else self._value(named)
        if named is None or value is None:
            return None
        for change in named:
            kind, share = etree.QName(change).localname, int(change.get("val", PERCENT)) / PERCENT
            if kind == "alpha" and share < SEEN_THROUGH:
                return CLEAR
            value = _changed(value, kind, share)
        return value

    def named(self, name: str) -> str | None:
        """The colour of a name of the theme: bg1, tx1, accent1 ..."""
        return self._scheme.get(self._names.get(name, name))

    def _value(self, named: etree._Element) -> str | None:
        is_of_theme = named.tag == qn("a:schemeClr")
        return self.named(str(named.get("val"))) if is_of_theme else _plain(named)


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def _plain(named: etree._Element) -> str | None:
    match etree.QName(named).localname:
        case "srgbClr":
            return str(named.get("val", "")).upper()
        case "sysClr":
            return str(named.get("lastClr") or (WHITE if named.get("val") == "window" else BLACK)).upper()
        case "prstClr":
            return {"white": WHITE, "black": BLACK}.get(str(named.get("val")))
        case _:
            return None


def _changed(value: str, kind: str, share: float) -> str:
    match kind:
        case "lumMod":
            return lightened(value, share, 0.0)
        case "lumOff":
            return lightened(value, 1.0, share)
        case "tint":
            return mixed(value, WHITE, share)
        case "shade":
            return mixed(value, BLACK, share)
        case _:
            return value


def background(page: Page, palette: Palette) -> Fill:
    """The slide's own background, else its layout's, else its master's; white where none has any."""
    for part in (page, page.slide_layout, page.slide_layout.slide_master):
        for given in _backgrounds(part._element):
            is_set, fill = palette.fill(given)
            return fill if is_set else _of_theme(given, palette)
    return WHITE


def _backgrounds(slide: etree._Element) -> Iterator[etree._Element]:
    found = slide.find(f"{qn('p:cSld')}/{qn('p:bg')}")
    yield from () if found is None else (found[0],)


def _of_theme(reference: etree._Element, palette: Palette) -> Fill:
    """The theme's background by its number from 1001 on, if it is of one colour."""
    fills = palette.theme.find(f".//{qn('a:bgFillStyleLst')}")
    at = int(reference.get("idx", "0")) - 1001
    if fills is None or not 0 <= at < len(fills) or fills[at].tag != qn("a:solidFill"):
        return None
    return palette.colour(reference)
