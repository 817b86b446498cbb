"""Reading order of a page: pieces of one line together, then columns, then notes in the margin."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment, merge
from ingestion.parsers.labels import is_label

CLOSE = 1.5  # em between two pieces that read on
FEWEST_LINES = 6  # per column
BESIDE = 3.0  # points between the baselines of a note and the line it stands beside
FULL = 0.6  # of a column's width is filled by a line of running text


def merged_rows(segments: Sequence[Segment]) -> list[Segment]:
    """Segments joined that stand side by side on one line: a number and its clause, a raised footnote mark."""
    merged: list[Segment] = []
    for row in _rows(segments):
        line = row[0]
        for after in row[1:]:
            if after.box[0] - line.box[2] <= CLOSE * max(line.size, after.size) or is_label(line.text):
                line = merge(line, after)
            else:
                merged.append(line)
                line = after
        merged.append(line)
    return merged


def _rows(segments: Sequence[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.base, s.box[0])):
        row = next((row for row in reversed(rows[-3:]) if _level(row, segment)), None)
        if row is None:
            rows.append([segment])
        else:
            row.append(segment)
    return [sorted(row, key=lambda s: s.box[0]) for row in rows]


def _level(row: Sequence[Segment], segment: Segment) -> bool:
    """Whether the segment stands on the row's line, or is raised above it and smaller."""
    tallest = max(row, key=lambda s: s.size)
    return abs(tallest.base - segment.base) <= 0.45 * max(tallest.size, segment.size) and not any(
        s.box[0] < segment.box[2] - 1 and segment.box[0] < s.box[2] - 1 for s in row
    )


def reading_order(items: Sequence[Item], width: float) -> list[Item]:
    """The items of a page of the given width in the order they are read."""
    by_place = sorted(items, key=lambda item: (_top(item), item.box[0]))
    gutter = _gutter(by_place, width)
    if gutter is None:
        return _with_side_notes(by_place)
    ordered: list[Item] = []
    band: list[Item] = []
    for item in by_place:
        if _crosses(item, gutter):
            ordered += [*_columns(band, gutter), item]
            band = []
        else:
            band.append(item)
    return ordered + _columns(band, gutter)


def _columns(band: Sequence[Item], gutter: float) -> list[Item]:
    left = [item for item in band if item.box[2] <= gutter]
    return left + [item for item in band if item.box[2] > gutter]


def _gutter(items: Sequence[Item], width: float) -> float | None:
    """Where two columns of running text part, None on a page of one column."""
    segments = [item for item in items if isinstance(item, Segment)]
    for share in (0.5, 0.48, 0.52, 0.46, 0.54, 0.44, 0.56, 0.42, 0.58):
        x = share * width
        left = [s for s in segments if s.box[2] <= x]
        right = [s for s in segments if s.box[0] >= x]
        crossing = len(segments) - len(left) - len(right)
        enough = min(len(left), len(right)) >= FEWEST_LINES and crossing <= 0.25 * len(segments)
        if enough and _running(left) and _running(right):
            return x
    return None


def _running(column: Sequence[Segment]) -> bool:
    extent = max(s.box[2] for s in column) - min(s.box[0] for s in column)
    return median(s.box[2] - s.box[0] for s in column) >= FULL * extent


def _crosses(item: Item, gutter: float) -> bool:
    return item.box[0] < gutter < item.box[2]


def _with_side_notes(items: Sequence[Item]) -> list[Item]:
    """Notes left of the text column are read before the line they stand beside, each in one piece."""
    edge = _text_edge(items)
    notes = [item for item in items if isinstance(item, Segment) and item.box[2] <= edge]
    if not notes:
        return list(items)
    beside = {id(note) for note in notes}
    ordered: list[Item] = []
    for item in [item for item in items if id(item) not in beside]:
        while notes and notes[0].base <= _foot(item) + BESIDE:
            ordered += _next_note(notes)
        ordered.append(item)
    return ordered + notes


def _next_note(notes: list[Segment]) -> list[Segment]:
    note = [notes.pop(0)]
    while notes and notes[0].base - note[-1].base <= CLOSE * note[-1].size:
        note.append(notes.pop(0))
    return note


def _text_edge(items: Sequence[Item]) -> float:
    """The left edge of the text column: nine tenths of all characters start at or right of it."""
    weighed = sorted((s.box[0], len(s.text)) for s in items if isinstance(s, Segment))
    total = sum(weight for _, weight in weighed)
    passed = 0
    for left, weight in weighed:
        passed += weight
        if passed > 0.1 * total:
            return left
    return 0.0


def _foot(item: Item) -> float:
    return item.box[1] if isinstance(item, DrawnGrid) else item.base


def _top(item: Item) -> float:
    return item.box[1] if isinstance(item, DrawnGrid) else item.base - item.size
