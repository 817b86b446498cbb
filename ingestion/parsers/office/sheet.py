"""One worksheet: the words its cells show, what it hides, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.parsers.elements import clean
from ingestion.parsers.office.cell_colours import CellColours
from ingestion.parsers.office.hidden import not_shown
from ingestion.parsers.office.number_format import shown
from ingestion.parsers.office.tabular import Cells, Merge, Place
from knowledge_bases.parsed import HiddenText

CELL_LIMIT = 200_000
ERROR = "e"
FLAT_POINTS = 2.0  # a row lower than that shows nothing
NAMED = 5  # cells named in a problem; the rest are counted


@dataclass(frozen=True)
class Sheet:
    """What a reader sees of a sheet (nothing of a hidden one), and what they do not."""

    name: str
    cells: Cells
    hidden: tuple[HiddenText, ...]
    problems: tuple[str, ...]


def read(sheet: Worksheet) -> Sheet:
    """Reads the filled cells, however far the sheet says it reaches."""
    name = clean(sheet.title)
    filled = sorted(sheet._cells.items())  # iterating rows would make a cell for every place of the used range
    words = {place: _words(cell) for place, cell in filled[:CELL_LIMIT]}
    blank = {place: _plain(cell) for place, cell in filled[:CELL_LIMIT] if not words[place]}
    folded = _unseen(sheet)
    colours = CellColours(sheet)
    pale = {place for place, cell in filled[:CELL_LIMIT] if words[place] and colours.vanishes(cell)}

    def unseen(place: Place) -> bool:
        return place in pale or folded(place)

    seen = {place: text for place, text in words.items() if text and not unseen(place)}
    hidden = {place: text for place, text in words.items() if text and unseen(place)}
    concealed = [*_stretches(name, hidden), *_stretches(name, {p: t for p, t in blank.items() if t})]
    notes = [_comment(name, cell) for _, cell in filled if cell.comment is not None]
    if sheet.sheet_state != "visible":
        return Sheet(name, Cells({}), tuple(_stretches(f"{name} (hidden)", {**hidden, **seen})), ())
    merges = [Merge((m.min_row, m.min_col), (m.max_row, m.max_col)) for m in sheet.merged_cells.ranges]
    found = tuple(note for part in (concealed, *notes) for note in part)
    return Sheet(name, Cells(seen, merges), found, tuple(_problems(name, filled, len(filled))))


def _words(cell: Cell) -> str:
    return "" if cell.data_type == ERROR else clean(shown(cell.value, cell.number_format or "General"))


def _plain(cell: Cell) -> str:
    """What a cell holds whose format shows nothing (";;;")."""
    return "" if cell.value is None or cell.data_type == ERROR else clean(str(cell.value))


def _unseen(sheet: Worksheet) -> Callable[[Place], bool]:
    rows = {number for number, row in sheet.row_dimensions.items() if row.hidden or _is_flat(row.height)}
    columns = {
        number
        for column in sheet.column_dimensions.values()
        if column.hidden or column.width == 0
        for number in range(column.min or 0, (column.max or 0) + 1)
    }
    return lambda place: place[0] in rows or place[1] in columns


def _is_flat(height: float | None) -> bool:
    return height is not None and height < FLAT_POINTS


def _stretches(name: str, words: dict[Place, str]) -> Iterator[HiddenText]:
    """One note for each run of rows."""
    rows = sorted({row for row, _ in words})
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        among = {row for _, row in run}
        places = sorted(place for place in words if place[0] in among)
        yield from not_shown(" ".join(words[place] for place in places), f"sheet {name}, {_range(places)}")


def _comment(name: str, cell: Cell) -> list[HiddenText]:
    return list(not_shown(str(cell.comment.text), f"sheet {name}, comment on {cell.coordinate}"))


def _range(places: list[Place]) -> str:
    first, last = places[0], places[-1]
    start = f"{get_column_letter(first[1])}{first[0]}"
    return start if first == last else f"{start}:{get_column_letter(last[1])}{last[0]}"


def _problems(name: str, filled: list[tuple[Place, Cell]], count: int) -> Iterator[str]:
    wrong = [cell.coordinate for _, cell in filled if cell.data_type == ERROR]
    if wrong:
        yield f"sheet {name}: an error stands instead of a value in {named(wrong)}"
    if count > CELL_LIMIT:
        yield f"sheet {name}: only its first {CELL_LIMIT:,} cells of {count:,} were read"


def named(cells: list[str]) -> str:
    """The first few cells by name, the rest by number."""
    more = f" and {len(cells) - NAMED} more" if len(cells) > NAMED else ""
    return ", ".join(cells[:NAMED]) + more
