"""Which version of a document is in force when: a pure function over the versions' dates.

The versions of a document follow each other by ``effective_from`` (open ones first); of two with the same start the
one published later replaces the other, unless it had already ended then and is only there for the record. Each ends
where the next begins, if it did not end before: at most one is in force on any day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise


@dataclass(frozen=True)
class Entry:
    """A published version as it was uploaded; ``declared_to`` is the first day no longer in force.

    ``published_at`` is in Hong Kong's time: its day decides whether the version had ended by then.
    """

    version: str
    effective_from: date | None
    declared_to: date | None
    published_at: datetime

    @property
    def order(self) -> tuple[date, bool, datetime, str]:
        """Sorts the versions of a document in their order in time."""
        for_the_record = self.declared_to is not None and self.declared_to <= self.published_at.date()
        return (self.effective_from or date.min, not for_the_record, self.published_at, self.version)


@dataclass(frozen=True)
class Placed:
    """An entry after its followers were looked at; ``effective_to`` is its end as it counts."""

    version: str
    effective_to: date | None
    superseded: bool


def place(entries: Sequence[Entry]) -> tuple[Placed, ...]:
    """Where each version ends, in their order in time; empty for none."""
    ordered = sorted(entries, key=lambda entry: entry.order)
    placed = [
        Placed(entry.version, _earlier(entry.declared_to, follower.effective_from), superseded=True)
        for entry, follower in pairwise(ordered)
    ]
    return (*placed, *(Placed(last.version, last.declared_to, superseded=False) for last in ordered[-1:]))


def _earlier(own_end: date | None, next_start: date | None) -> date | None:
    """The earlier of two ends; a follower that starts open leaves no day to whoever stands before it."""
    start = next_start or date.min
    return start if own_end is None else min(own_end, start)
