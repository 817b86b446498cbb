"""The day that counts: what is in force is decided by Hong Kong's calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

HONG_KONG = timezone(timedelta(hours=8), "HKT")  # no daylight saving since 1979


def today_in_hong_kong() -> date:
    """Today's date in Hong Kong."""
    return datetime.now(HONG_KONG).date()
