"""What the styles of an HTML page hide: inline styles, and rules of its ``<style>`` elements with plain selectors.

Style sheets of other files are not there to be read; of conditions (@media) only the screen's is taken to hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bs4 import BeautifulSoup
from bs4.element import Tag
from PIL import ImageColor

from knowledge_bases.parsed import Hiding

Style = dict[str, str]
Colour = tuple[int, int, int]

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*\{((?:[^{}]*\{[^{}]*\})*)\s*\}", re.IGNORECASE)
CONDITION = re.compile(r"@[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]+;")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
PLAIN = re.compile(r"[\w*]?[\w-]*(?:[.#][\w-]+)*(?:\s*[>\s]\s*[\w-]*(?:[.#][\w-]+)*)*")
MOST_RULES = 300
NUMBER = re.compile(r"-?\d*\.?\d+")
WHITE: Colour = (255, 255, 255)
NEAR = 32  # in the channel that differs most
TINY_PX = 2.0
FAR_PX = 500.0  # off the page to the left or above; em are taken as px, which only errs to the safe side
ZERO = re.compile(r"-?0*\.?0*(?:px|em|rem|pt|%|vh|vw)?$")
CLIPPED = re.compile(r"rect\(\s*(?:0|1px)[^)]*\)|inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*0[^,]*,\s*0")


@dataclass(frozen=True)
class Look:
    """What an element's words have from the elements above it. ``behind`` is None over a picture."""

    colour: str = ""
    size: str = ""
    visibility: str = ""
    behind: Colour | None = WHITE

    def hides_words(self) -> Hiding | None:
        """Why words that look so are not seen; None where they are."""
        if self.visibility in {"hidden", "collapse"}:
            return Hiding.NOT_SHOWN
        if _tiny(self.size):
            return Hiding.TINY
        return Hiding.SAME_COLOUR if self._vanishes() else None

    def _vanishes(self) -> bool:
        if self.colour == "transparent" or _see_through(self.colour):
            return True
        colour = _colour(self.colour) if self.colour else None
        if colour is None or self.behind is None:
            return False
        return max(abs(a - b) for a, b in zip(colour, self.behind, strict=True)) < NEAR


class Styles:
    """The styles of one page, asked element by element from the outermost in."""

    def __init__(self, page: BeautifulSoup) -> None:
        self._of: dict[int, Style] = {}
        for selector, style in list(_rules(page))[:MOST_RULES]:
            for tag in page.select(selector):
                self._of.setdefault(id(tag), {}).update(style)

    def hides_box(self, tag: Tag) -> Hiding | None:
        """Why nothing in ``tag`` is seen, whatever the styles below it; None where its own style does not hide it."""
        style = self._style(tag)
        if style and _not_shown(style):
            return Hiding.NOT_SHOWN
        return Hiding.OFF_PAGE if style and _off_page(style) else None

    def look(self, tag: Tag, above: Look) -> Look:
        """How words right below ``tag`` look."""
        style = self._style(tag)
        if not style:
            return above
        return Look(
            style.get("color", above.colour),
            style.get("font-size", above.size),
            style.get("visibility", above.visibility),
            _behind(style, above.behind),
        )

    def _style(self, tag: Tag) -> Style:
        style = dict(self._of.get(id(tag), {}))
        for attribute, key in (("color", "color"), ("bgcolor", "background-color")):
            if tag.has_attr(attribute):
                style.setdefault(key, str(tag[attribute]).lower())
        style.update(_declarations(str(tag.get("style") or "")))
        return style


def _behind(style: Style, above: Colour | None) -> Colour | None:
    value = style.get("background-color", style.get("background", ""))
    if "url(" in value or "gradient" in value or "background-image" in style:
        return None
    words = (_colour(word) for word in re.findall(r"#\w+|\w+\([^)]*\)|[a-z]+", value))
    return next((colour for colour in words if colour is not None), above)


def _rules(page: BeautifulSoup) -> Iterator[tuple[str, Style]]:
    css = COMMENT.sub("", " ".join(sheet.get_text() for sheet in page.find_all("style")))
    css = CONDITION.sub("", SCREEN.sub(r"\1", css))
    for selectors, body in RULE.findall(css):
        style = _declarations(body)
        for selector in selectors.split(","):
            if style and selector.strip() and PLAIN.fullmatch(selector.strip()):
                yield selector.strip(), style


def _declarations(body: str) -> Style:
    pairs = (part.partition(":") for part in body.lower().split(";"))
    return {key.strip(): value.replace("!important", "").strip() for key, _, value in pairs if value.strip()}


def _not_shown(style: Style) -> bool:
    cut = "hidden" in style.get("overflow", "") or "clip" in style.get("overflow", "")
    sides = ("height", "max-height", "width", "max-width")
    flat = cut and any(ZERO.match(style[side]) or style[side] == "1px" for side in sides if side in style)
    return (
        style.get("display") == "none"
        or (_number(style.get("opacity", "1")) or 0.0) < 0.1
        or flat
        or CLIPPED.search(style.get("clip", "") + style.get("clip-path", "")) is not None
        or "scale(0" in style.get("transform", "").replace("scale(0.", "scale(.")
    )


def _off_page(style: Style) -> bool:
    placed = style.get("position") in {"absolute", "fixed"}
    keys = [*(("left", "top", "right", "bottom") if placed else ()), "text-indent", "margin-left", "margin-top"]
    values = (_number(style[key]) for key in keys if key in style and "%" not in style[key])
    return any(value is not None and value <= -FAR_PX for value in values)


def _tiny(size: str) -> bool:
    value = _number(size)
    relative = size.endswith(("em", "%"))
    return value is not None and (value < 0.1 if relative else value < TINY_PX)


def _number(value: str) -> float | None:
    found = NUMBER.match(value)
    return float(found[0]) if found else None


def _see_through(value: str) -> bool:
    parts = value.removeprefix("rgba(").removesuffix(")").split(",")
    return value.startswith("rgba(") and len(parts) == 4 and (_number(parts[3].strip()) or 0.0) < 0.1


@cache
def _colour(value: str) -> Colour | None:
    """None for what is no opaque colour of its own (inherit, transparent, a variable)."""
    try:
        red, green, blue, *alpha = ImageColor.getrgb(value)
    except ValueError:
        return None
    return None if alpha and alpha[0] < 128 else (red, green, blue)
