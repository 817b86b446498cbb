"""Columns: a page, or a band of one, where running text stands side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment

FEWEST_LINES = 3  # per column
FULL = 0.6  # of a column's width is filled by its median line
NARROWEST = 0.2  # of the page's width
HALVES = (50, 49, 51, 48, 52, 47, 53, 46, 54, 45, 55, 44, 56, 43, 57, 42, 58, 41, 59, 40, 60)
THIRDS = (33, 34, 32, 35, 31, 36, 30)  # of three columns the first is parted from the others, then these
SHARES = tuple(share / 100 for share in (*HALVES, *THIRDS))  # of the page's width, at which a gutter is looked for
APART = 1.8  # em between the baselines of lines that do not follow each other


def in_columns(items: Sequence[Item], width: float) -> list[Item] | None:
    """The items, which come from top to bottom, column by column; None on a page of one column."""
    if not _side_by_side(items):
        return None
    gutter = max((share * width for share in SHARES), key=lambda x: _lines_in_columns(items, x, width))
    if not _lines_in_columns(items, gutter, width):
        return None
    ordered: list[Item] = []
    for band in _bands(items, gutter):
        ordered += _read(band, gutter, width) if _has_columns(band, gutter, width) else band
    return ordered


def _side_by_side(items: Sequence[Item]) -> bool:
    lines = sorted(item.base for item in items if isinstance(item, Segment))
    return sum(after - before < 1.0 for before, after in pairwise(lines)) >= FEWEST_LINES


def _lines_in_columns(items: Sequence[Item], gutter: float, width: float) -> int:
    return sum(len(band) for band in _bands(items, gutter) if _has_columns(band, gutter, width))


def _bands(items: Sequence[Item], gutter: float) -> Iterator[list[Item]]:
    """Runs of items that all keep to one side; what crosses the gutter is a band of its own."""
    band: list[Item] = []
    for item in items:
        if item.box[0] < gutter < item.box[2]:
            if band:
                yield band
            yield [item]
            band = []
        else:
            band.append(item)
    if band:
        yield band


def _has_columns(band: Sequence[Item], gutter: float, width: float) -> bool:
    right = [item for item in band if isinstance(item, Segment) and item.box[0] >= gutter]
    if len(right) < FEWEST_LINES:
        return False
    top, bottom = right[0].box[1], right[-1].box[3]
    left = [s for s in band if isinstance(s, Segment) and s.box[2] <= gutter and top - 5 <= s.box[1] <= bottom]
    if len(left) < FEWEST_LINES or not _running(left, width):
        return False
    return _running(right, width) or in_columns(right, width) is not None


def _running(column: Sequence[Segment], width: float) -> bool:
    extent = max(s.box[2] for s in column) - min(s.box[0] for s in column)
    return median(s.box[2] - s.box[0] for s in column) >= max(FULL * extent, NARROWEST * width)


def _read(band: Sequence[Item], gutter: float, width: float) -> list[Item]:
    """What stands above both columns, the left one, the right one, and what follows below both."""
    right = [item for item in band if item.box[0] >= gutter]
    top, bottom = right[0].box[1], max(item.box[3] for item in right)
    left = [item for item in band if item.box[2] <= gutter]
    above = [item for item in left if item.box[3] < top - 2]
    rest = left[len(above) :]
    end = next((number for number in range(1, len(rest)) if _parts(rest[number - 1], rest[number], bottom)), len(rest))
    return [*above, *rest[:end], *(in_columns(right, width) or right), *rest[end:]]


def _parts(before: Item, item: Item, bottom: float) -> bool:
    """Whether the left column ends before ``item``, which lies below the right one and does not follow on."""
    if item.box[1] <= bottom or isinstance(before, DrawnGrid) or isinstance(item, DrawnGrid):
        return item.box[1] > bottom
    return item.base - before.base > APART * before.size or abs(item.size - before.size) > 0.08 * before.size
