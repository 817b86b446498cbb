"""Excel workbooks by openpyxl: what each cell shows, sheet by sheet, with the tables found in it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import replace

from openpyxl import load_workbook

from ingestion.parsers import document
from ingestion.parsers.elements import Element, Heading, plain
from ingestion.parsers.format import Format, Match, Source
from ingestion.parsers.office import container, formulas, sheet, tabular
from ingestion.parsers.office.container import Container, Kind
from ingestion.parsers.office.sheet import Sheet
from knowledge_bases.parsed import ParsedDocument


def match(raw: bytes) -> Match:
    """A container with Excel's parts."""
    return Match.CERTAIN if container.kind_of(raw) is Kind.EXCEL else Match.NO


def parse(source: Source) -> ParsedDocument:
    """The shown cells of a workbook. Results of formulas are those stored by the program that saved it.

    Raises:
        UnreadableFile: damaged. EncryptedFile: it opens only with a password. ParseLimitExceeded: a zip bomb.
    """
    unpacked = container.unpacked(source, Kind.EXCEL)
    try:
        sheets = _sheets(unpacked.raw)
        problems = _problems(sheets, unpacked)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl raises KeyError, ValueError, TypeError and XML errors on damaged files
        raise container.damaged(source, Kind.EXCEL) from error
    elements = [element for found in sheets for element in _elements(found)]
    parsed = document.write(elements, f"{FORMAT.name}/{FORMAT.version}")
    return replace(parsed, hidden=tuple(note for found in sheets for note in found.hidden), problems=problems)


def _sheets(raw: bytes) -> list[Sheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts that openpyxl drops (validations, pictures) hold no cells
        book = load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    return [sheet.read(page) for page in book.worksheets]


def _elements(found: Sheet) -> list[Element]:
    below = tabular.elements(found.cells)
    return [Heading(plain(found.name), 1), *below] if below else []


def _problems(sheets: Sequence[Sheet], unpacked: Container) -> tuple[str, ...]:
    found = [problem for page in sheets for problem in page.problems]
    for name, cells in formulas.without_result(unpacked.parts):
        found.append(f"sheet {name}: no result is stored for the formula in {sheet.named(cells)}")
    if any(name.startswith("xl/drawings/") and b":t>" in part for name, part in unpacked.parts.items()):
        found.append("text boxes drawn on its sheets were not read")
    return tuple(found)


FORMAT = Format("xlsx", 3, frozenset({".xlsx", ".xlsm", ".xltx"}), match, parse)
