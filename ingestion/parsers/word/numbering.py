"""The numbers Word puts before clauses on its own: "6.3." is nowhere in the paragraph, only how to count.

Rules: ECMA-376 part 1, 17.9 (numbering). Levels count from 0; a level starts again after each one above it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

PLACE = re.compile(r"%([1-9])")
CHINESE_DIGITS = "零一二三四五六七八九"
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True)
class Level:
    """One level of a numbered list: ``text`` holds %1 to %9 for the counts of the levels."""

    style: str
    text: str
    start: int


class Numbering:
    """Counts through one document, paragraph by paragraph, in order."""

    def __init__(self, word: Word) -> None:
        self._lists: dict[str, str] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        for relation in word.part.rels.values():
            if relation.reltype == RELATIONSHIP_TYPE.NUMBERING and not relation.is_external:
                self._read(relation.target_part.element)

    def label(self, paragraph: Paragraph) -> str | None:
        """The number before the paragraph; an empty one for bullets, None where it is in no list."""
        number, level = _place(paragraph)
        kind = self._lists.get(number)
        if kind is None or level not in self._levels.get(kind, {}):
            return None if number in {"", "0"} else ""
        shape = self._levels[kind][level]
        if shape.style in {"bullet", "none"}:
            return ""
        return self._counted(kind, level, shape)

    def _counted(self, kind: str, level: int, shape: Level) -> str:
        counts = self._counts[kind]
        counts[level] = counts.get(level, shape.start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        levels = self._levels[kind]

        def shown(found: re.Match[str]) -> str:
            place = int(found.group(1)) - 1
            known = levels.get(place, shape)
            return STYLES.get(known.style, str)(counts.get(place, known.start))

        return PLACE.sub(shown, shape.text)

    def _read(self, root: BaseOxmlElement) -> None:
        for kind in root.iter(qn("w:abstractNum")):
            levels = {int(level.get(qn("w:ilvl"))): _level(level) for level in kind.iter(qn("w:lvl"))}
            self._levels[kind.get(qn("w:abstractNumId"))] = levels
        for number in root.iter(qn("w:num")):
            kind = number.find(qn("w:abstractNumId"))
            if kind is not None:
                self._lists[number.get(qn("w:numId"))] = kind.get(qn("w:val"))


def _place(paragraph: Paragraph) -> tuple[str, int]:
    """The list a paragraph is in and its level there, by itself or by its style; an empty list id where in none."""
    own = [paragraph._p.find(f"./{qn('w:pPr')}/{qn('w:numPr')}")]
    style = paragraph.style
    while style is not None and len(own) < 12:
        own.append(style.element.find(f"./{qn('w:pPr')}/{qn('w:numPr')}"))
        style = getattr(style, "base_style", None)
    number, level = "", ""
    for properties in (found for found in own if found is not None):
        number = number or _value(properties, "w:numId")
        level = level or _value(properties, "w:ilvl")
    return number, int(level or 0)


def _level(element: BaseOxmlElement) -> Level:
    start = _value(element, "w:start")
    return Level(_value(element, "w:numFmt"), _value(element, "w:lvlText"), int(start or 1))


def _value(element: BaseOxmlElement, name: str) -> str:
    child = element.find(qn(name))
    return "" if child is None else str(child.get(qn("w:val"), ""))


def _letters(count: int) -> str:
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def _roman(count: int) -> str:
    text = ""
    for value, sign in ROMAN:
        while count >= value:
            text, count = text + sign, count - value
    return text


def _chinese(count: int) -> str:
    """1 to 99, as clauses are counted."""
    tens, ones = divmod(count, 10)
    head = "" if tens == 0 else "十" if tens == 1 else CHINESE_DIGITS[tens % 10] + "十"
    return head + (CHINESE_DIGITS[ones] if ones else "")


STYLES: Mapping[str, Callable[[int], str]] = {
    "lowerLetter": _letters,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda count: _roman(count).upper(),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": _chinese,
}
