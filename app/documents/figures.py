"""The figures of a document's lines: what number with what unit stands where, whatever language it is written in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from app.documents.lines import Line, LineKind
from guardrails.quantities import CURRENCIES, MONEY, Quantity, quantities
from knowledge_bases.schema import VersionInfo
from retrieval.folding import fold

PROSE = frozenset({LineKind.PARAGRAPH, LineKind.LIST_ITEM, LineKind.FOOTNOTE})
_LABEL = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2})+|\(?\d{1,3}[.)、]|\(?[a-z]{1,4}\)|[*†‡§]+)\s+")
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+(?=[A-Z(])|(?<=[。；！？])")
_WORD = re.compile(r"[a-z]+(?:[_'][a-z]+)?|[\u3400-\u9fff]")
_LETTERED = re.compile(r"\b(plan|class|option|tier|part|level|series|type) ([a-z])\b")  # "Plan A" is one name
_COLUMN_UNITS = {"HKD": r"hk\$|hkd|港元|港币", "USD": r"us\$|usd|美元", "percent": "%"}
_NUMBER = re.compile(r"(?:hk\$|us\$|\$)?\d[\d,]*(?:\.\d+)?%?")
_SILENT = frozenset(
    "a an and any are as at be been by each for from has have in is it its of on or per that the this to was were will "  # noqa: SIM905
    "with which you your our we us hk hkd usd 的 之 为 是 在 于 及 和 或 与".split()
)


@dataclass(frozen=True)
class Statement:
    """Words that state figures: a cell or a sentence, and where it stands; ``column`` is the header above a cell."""

    line: Line
    text: str
    figures: tuple[Quantity, ...]
    column: str = ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What it says beside its figures, in order."""
        return content_words(self.text)


@dataclass(frozen=True)
class Source:
    """A version and its lines."""

    info: VersionInfo
    lines: tuple[Line, ...]


def figures_of(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text that say what they count, in order; its clause number and bare numbers are none."""
    return tuple(quantity for quantity in quantities(_LABEL.sub("", text)) if quantity.unit)


def cell_figures(line: Line) -> tuple[tuple[Quantity, ...], ...]:
    """The figures of each cell of a row; bare numbers take their column's unit, in the label they are none."""
    first, *rest = line.cells
    columns = line.column_headers if len(line.column_headers) == len(line.cells) else ("",) * len(line.cells)
    return (figures_of(first), *(_in_column(cell, column) for cell, column in zip(rest, columns[1:], strict=True)))


def _in_column(cell: str, column: str) -> tuple[Quantity, ...]:
    folded = fold(column).lower()
    named = [unit for unit, names in _COLUMN_UNITS.items() if re.search(names, folded)]
    unit = named[0] if len(named) == 1 else ""
    return tuple(q if q.unit else Quantity(q.value, unit) for q in quantities(cell))


def all_figures(line: Line) -> tuple[Quantity, ...]:
    """Every figure of a line, in order."""
    if line.kind is LineKind.ROW:
        return tuple(quantity for cell in cell_figures(line) for quantity in cell)
    return figures_of(line.text)


def sentences(line: Line) -> tuple[Statement, ...]:
    """The sentences of a line of prose that state figures."""
    found = (Statement(line, text.strip(), figures_of(text)) for text in _SENTENCE_END.split(line.text))
    return tuple(statement for statement in found if statement.figures)


def content_words(text: str) -> tuple[str, ...]:
    """The words that carry meaning, in order: English ones in the singular, Chinese ones character by character."""
    folded = _NUMBER.sub(" ", _LETTERED.sub(r"\1_\2", fold(_LABEL.sub("", text)).lower()))
    words = (word.removesuffix("'s") for word in _WORD.findall(folded))
    return tuple(_singular(word) for word in words if word not in _SILENT)


def unmatched(one: tuple[Quantity, ...], other: tuple[Quantity, ...]) -> tuple[list[Quantity], list[Quantity]]:
    """The figures that only one side states, each in order; an unnamed currency agrees with any."""
    left = list(other)
    mine = []
    for quantity in one:
        match = next((q for q in left if q.stands_for(quantity)), None)
        if match is None:
            mine.append(quantity)
        else:
            left.remove(match)
    return mine, left


def contradicting(one: tuple[Quantity, ...], other: tuple[Quantity, ...]) -> tuple[Quantity, Quantity] | None:
    """The two figures by which statements that should say the same differ: one of a unit on each side, else None.

    Where more than one differs, or only one side has a figure, they may be worded differently and still agree.
    """
    mine, theirs = unmatched(one, other)
    pairs = [(a, b) for a in mine for b in theirs if same_unit(a, b)]
    units = Counter(_family(a) for a, _ in pairs)
    single = [(a, b) for a, b in pairs if units[_family(a)] == 1]
    return single[0] if len(single) == 1 else None


def same_unit(one: Quantity, other: Quantity) -> bool:
    """Whether two figures count the same thing; an unnamed currency may be any."""
    units = {one.unit, other.unit}
    return len(units) == 1 or (MONEY in units and bool(units & CURRENCIES))


def _family(quantity: Quantity) -> str:
    return MONEY if quantity.unit in CURRENCIES else quantity.unit


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
