"""CSV and other text tables: one table, its separator found, each row that does not fit named."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingestion.errors import UnreadableFile
from ingestion.parsers import document
from ingestion.parsers.elements import clean
from ingestion.parsers.encoding import decode, looks_like_text
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.office import tabular
from ingestion.parsers.office.tabular import Cells
from knowledge_bases.parsed import ParsedDocument

SEPARATORS = ",;\t|"
DECLARED = "sep="  # the first line by which Excel is told the separator
SAMPLE_LINES = 200
CELL_CHARACTERS = 100_000
NAMED = 5


@dataclass(frozen=True)
class _Line:
    """A row with the number of the line on which it ends."""

    number: int
    cells: tuple[str, ...]


def match(raw: bytes) -> Match:
    """Any text can be CSV; only the extension tells it from plain text."""
    return Match.POSSIBLE if looks_like_text(raw) else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The table of a text file. A row with more cells than the header is left out and named: its figures may be cut.

    Raises:
        UnreadableFile: the text is in no known encoding, or a quotation mark in it is never closed.
    """
    text = decode(source).replace("\0", "")
    separator = _separator(text)
    if text[:4].lower() == DECLARED:
        text = "\n" + text.partition("\n")[2]
    lines = _lines(source, text, separator)
    width = _width(lines)
    kept = [line for line in lines if len(line.cells) <= width]
    words = {(line.number, at): cell for line in kept for at, cell in enumerate(line.cells, 1) if cell}
    parsed = document.write(tabular.elements(Cells(words)), f"{FORMAT.name}/{FORMAT.version}")
    return replace(parsed, problems=_problems(lines, width))


def _separator(text: str) -> str:
    if text[:4].lower() == DECLARED and text[4:5].strip("\r\n"):
        return text[4]
    lines = text.splitlines()[:SAMPLE_LINES]
    return max(SEPARATORS, key=lambda mark: _evenness(lines, mark))


def _evenness(lines: Sequence[str], mark: str) -> tuple[int, int]:
    """In how many rows the commonest number of cells occurs, and that number; nothing where it is one."""
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _lines(source: Source, text: str, separator: str) -> list[_Line]:
    csv.field_size_limit(CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[_Line] = []
    try:
        for row in reader:
            lines.append(_Line(reader.line_num, _trimmed(row)))
    except csv.Error as error:
        start = lines[-1].number + 1 if lines else 1
        reason = f"a quotation mark from line {start} on is not closed as it should be"
        raise UnreadableFile(source.name, reason, "export it again as CSV and upload that") from error
    return lines


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    """The cells without empty ones at the end, which spreadsheets add as they like."""
    cells = [clean(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _width(lines: Sequence[_Line]) -> int:
    """The cells of the header: the first row of more than one, for titles above it fill only one."""
    return next((len(line.cells) for line in lines if len(line.cells) > 1), 1)


def _problems(lines: Sequence[_Line], width: int) -> tuple[str, ...]:
    long = [line for line in lines if len(line.cells) > width]
    named = [f"line {line.number} was left out: it has {len(line.cells)} cells and the header {width}" for line in long]
    return (*named[:NAMED], *([f"{len(long) - NAMED} more such lines were left out"] if len(long) > NAMED else []))


FORMAT = Format("csv", 2, frozenset({".csv", ".tsv"}), match, parse)
