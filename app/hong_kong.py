"""The day that counts: what is in force is decided by Hong Kong's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

HONG_KONG = timezone(timedelta(hours=8), "HKT")  # no daylight saving since 1979


def today_in_hong_kong() -> date:
    """Today's date in Hong Kong."""
    return datetime.now(HONG_KONG).date()


def end_of_day(day: date) -> datetime:
    """The last instant of a day in Hong Kong."""
    return datetime.combine(day, time.max, HONG_KONG)
