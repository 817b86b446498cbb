"""The day that counts: what is in force is decided by Hong Kong's calendar."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from knowledge_bases.office_hours import HONG_KONG

__all__ = ["HONG_KONG", "end_of_day", "iso_day", "today_in_hong_kong"]

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def today_in_hong_kong() -> date:
    """Today's date in Hong Kong."""
    return datetime.now(HONG_KONG).date()


def iso_day(text: str) -> date:
    """The day written 2026-11-30, as people write one; ISO 8601's other forms (20261130, 2026-W48-1) are none.

    Raises:
        ValueError: it is no such day.
    """
    if not _DAY.fullmatch(text):
        raise ValueError("a day is written YYYY-MM-DD")
    return date.fromisoformat(text)


def end_of_day(day: date) -> datetime:
    """The last instant of a day in Hong Kong."""
    return datetime.combine(day, time.max, HONG_KONG)
