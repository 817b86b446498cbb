"""What changed between two versions of a document, line by line: pure, from two parses to values a page can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from app.documents.alignment import Alignment, align
from app.documents.lines import Line, lines_of
from app.documents.wording import Fate, Stretch, word_changes
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Span


class Change(StrEnum):
    """What became of a line. Words that moved unchanged are MOVED; those that changed as well are CHANGED."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True)
class LineChange:
    """A line before and after; one of them is None where it was added or removed.

    ``cells`` holds the words of each cell of a table line, of any other line those of the whole.
    """

    change: Change
    before: Line | None
    after: Line | None
    cells: tuple[tuple[Stretch, ...], ...]

    @property
    def line(self) -> Line:
        """The line as it is now, as it was where it is gone."""
        line = self.after or self.before
        assert line is not None  # noqa: S101 - one of the two always is
        return line

    @property
    def figures_changed(self) -> bool:
        """Whether a number of the line is another one, or came or went with it."""
        return any(stretch.figure for cell in self.cells for stretch in cell)


@dataclass(frozen=True)
class Comparison:
    """All lines of both versions, in the order of the later one; what was removed stands where it was."""

    changes: tuple[LineChange, ...]

    @property
    def counts(self) -> Mapping[Change, int]:
        """How many lines each change came upon; every change is there."""
        found = Counter(change.change for change in self.changes)
        return {change: found[change] for change in Change}

    @property
    def same(self) -> bool:
        """Whether a reader finds the same words in the same order."""
        return all(change.change is Change.UNCHANGED for change in self.changes)

    def touches(self, span: Span) -> bool:
        """Whether ``span`` of the earlier text has words of a line that was changed or removed."""
        return any(span.overlaps(other) for other in self._gone)

    @cached_property
    def _gone(self) -> tuple[Span, ...]:
        gone = (Change.CHANGED, Change.REMOVED)
        return tuple(c.before.span for c in self.changes if c.change in gone and c.before is not None)


def compare(before: ParsedDocument, after: ParsedDocument) -> Comparison:
    """What changed from one parse to the other."""
    old, new = lines_of(before), lines_of(after)
    return Comparison(tuple(_changes(old, new, align(old, new))))


def _changes(old: Sequence[Line], new: Sequence[Line], alignment: Alignment) -> Iterator[LineChange]:
    earlier = {j: i for i, j in alignment.pairs}
    gone = _gone_after(len(old), alignment)
    yield from (_removed(old[i]) for i in gone.get(-1, ()))
    for j, line in enumerate(new):
        i = earlier.get(j)
        yield _added(line) if i is None else _paired(old[i], line, moved=(i, j) in alignment.moved)
        yield from (_removed(old[k]) for k in gone.get(j, ()))


def _gone_after(count: int, alignment: Alignment) -> dict[int, list[int]]:
    """The removed lines by the later line they stood behind; -1: before all of them."""
    later = {i: j for i, j in alignment.pairs if (i, j) not in alignment.moved}
    kept = {i for i, _ in alignment.pairs}
    gone: dict[int, list[int]] = {}
    behind = -1
    for i in range(count):
        behind = later.get(i, behind)
        if i not in kept:
            gone.setdefault(behind, []).append(i)
    return gone


def _paired(old: Line, new: Line, *, moved: bool) -> LineChange:
    if old.folded == new.folded:
        change = Change.MOVED if moved else Change.UNCHANGED
        return LineChange(change, old, new, _whole(new, Fate.KEPT))
    return LineChange(Change.CHANGED, old, new, _cell_changes(old, new))


def _cell_changes(old: Line, new: Line) -> tuple[tuple[Stretch, ...], ...]:
    """Cell by cell; a row that has gained or lost cells is compared as one text."""
    if len(old.cells) != len(new.cells):
        return (word_changes(old.text, new.text),)
    return tuple(word_changes(one, other) for one, other in zip(old.cells, new.cells, strict=True))


def _added(line: Line) -> LineChange:
    return LineChange(Change.ADDED, None, line, _whole(line, Fate.ADDED))


def _removed(line: Line) -> LineChange:
    return LineChange(Change.REMOVED, line, None, _whole(line, Fate.REMOVED))


def _whole(line: Line, fate: Fate) -> tuple[tuple[Stretch, ...], ...]:
    return tuple((Stretch(cell, fate),) if cell else () for cell in line.cells)
