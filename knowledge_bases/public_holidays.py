"""Hong Kong's general holidays: facts that drift, with the day they were last read."""

from __future__ import annotations

from datetime import date

# From memory, confirmed by nobody yet: compliance reads them out of the Gazette before use.
AS_AT = date(2026, 11, 26)
GRADE = "M"
_DAYS = {
    2026: "01-01 02-17 02-18 02-19 04-03 04-04 04-06 04-07 05-01 05-25 06-19 07-01 09-26 10-01 10-19 12-25 12-26",
    2027: "01-01 02-06 02-08 02-09 03-26 03-27 03-29 04-05 05-01 05-13 06-09 07-01 09-16 10-01 10-08 12-25 12-27",
}
HOLIDAYS = frozenset(date.fromisoformat(f"{year}-{day}") for year, days in _DAYS.items() for day in days.split())


def is_holiday(day: date) -> bool | None:
    """Whether ``day`` is a general holiday; None for a year that nobody has entered."""
    return day in HOLIDAYS if day.year in _DAYS else None
