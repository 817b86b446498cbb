"""Reading order of a page: pieces of one line together, then columns, then notes in the margin."""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.parsers.drawn.columns import in_columns
from ingestion.parsers.drawn.segment import DrawnGrid, Item, Segment, merge
from ingestion.parsers.labels import is_label

CLOSE = 1.5  # em between two pieces, drawn one after the other, that read on
TOUCHING = 0.4  # em between two that read on though others were drawn between them
HANGING = 5.0  # em between a clause number and its clause
NEXT = 3  # glyphs that pdfium may add between two pieces: a space, a line end
BESIDE = 3.0  # points between the baselines of a note and the line it stands beside


def merged_rows(segments: Sequence[Segment]) -> list[Segment]:
    """Segments joined that stand side by side on one line: a number and its clause, a raised footnote mark."""
    merged: list[Segment] = []
    for row in _rows(segments):
        line = row[0]
        for after in row[1:]:
            if _reads_on(line, after):
                line = merge(line, after)
            else:
                merged.append(line)
                line = after
        merged.append(line)
    return merged


def _reads_on(line: Segment, after: Segment) -> bool:
    drawn_next = 0 <= after.glyphs[0] - line.glyphs[1] <= NEXT
    em = max(line.size, after.size)
    gap = after.box[0] - line.box[2]
    if is_label(line.text):
        return drawn_next or gap <= HANGING * em
    return gap <= (CLOSE if drawn_next else TOUCHING) * em


def _rows(segments: Sequence[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.base, s.box[0])):
        for row in rows[:-4:-1]:
            if _level(row, segment):
                row.append(segment)
                break
        else:
            rows.append([segment])
    return [sorted(row, key=lambda s: s.box[0]) if len(row) > 1 else row for row in rows]


def _level(row: Sequence[Segment], segment: Segment) -> bool:
    """Whether the segment stands on the row's line, or is raised above it and smaller."""
    tallest = row[0] if len(row) == 1 else max(row, key=lambda s: s.size)
    return abs(tallest.base - segment.base) <= 0.45 * max(tallest.size, segment.size) and not any(
        s.box[0] < segment.box[2] - 1 and segment.box[0] < s.box[2] - 1 for s in row
    )


def reading_order(items: Sequence[Item], width: float) -> list[Item]:
    """The items of a page of the given width in the order they are read."""
    by_place = sorted(items, key=lambda item: (_top(item), item.box[0]))
    return in_columns(by_place, width) or _with_side_notes(by_place)


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
