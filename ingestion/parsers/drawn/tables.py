"""Drawn tables into grids: header rows, and parts on following pages joined to the first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingestion.parsers.drawn.segment import DrawnGrid
from ingestion.parsers.elements import Grid, Row, text_of

VALUE = re.compile(r"[$€£¥%％]|\d[\d,]*\.?\d*\s*(日|天|元|days?|years?|months?)|^\W*\d[\d,.]*\W*$", re.IGNORECASE)
LONGEST_HEADER_CELL = 60


def grid_of(drawn: DrawnGrid) -> Grid:
    """The grid of one drawn table; its first row is a header unless it already states values."""
    count = _header_rows(drawn.rows)
    return Grid(drawn.rows[:count], drawn.rows[count:])


def continues(before: Grid, after: DrawnGrid) -> bool:
    """Whether a table at the top of a page goes on with the one that ended the page before."""
    rows = (*before.headers, *before.rows)
    if not rows or not after.rows or len(rows[0]) != len(after.rows[0]):
        return False
    return _same(before.headers, after.rows) or not _header_rows(after.rows)


def extended(before: Grid, after: DrawnGrid) -> Grid:
    """The grid with the rows of its next part; a header repeated on the new page is left out."""
    repeated = len(before.headers) if _same(before.headers, after.rows) else 0
    return replace(before, rows=(*before.rows, *after.rows[repeated:]))


def _same(headers: Sequence[Row], rows: Sequence[Row]) -> bool:
    return bool(headers) and [_texts(row) for row in headers] == [_texts(row) for row in rows[: len(headers)]]


def _texts(row: Row) -> list[str]:
    return [text_of(cell) for cell in row]


def _header_rows(rows: Sequence[Row]) -> int:
    if len(rows) < 2 or not _names_columns(rows[0]):
        return 0
    hangs = not rows[0][0] or rows[0][0] == rows[1][0]  # a first cell that spans two rows, or stands empty
    return 2 if len(rows) > 2 and hangs and _names_columns(rows[1]) else 1


def _names_columns(row: Row) -> bool:
    texts = _texts(row)
    filled = [text for text in texts[1:] if text]
    return bool(filled) and all(len(text) <= LONGEST_HEADER_CELL and not VALUE.search(text) for text in filled)
