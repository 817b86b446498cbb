"""Office hours out of ``institution.yaml``, and back into its form."""

from __future__ import annotations

import re
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from knowledge_bases.fields import Fields
from knowledge_bases.office_hours import DAY_MIN, OfficeHours, Shift, Weekday

_SHIFT = re.compile(r"([0-2][0-9]):([0-5][0-9])-([0-2][0-9]):([0-5][0-9])")
_HOLIDAYS = {"closed": False, "open": True}


def office_hours(contact: Fields) -> OfficeHours | None:
    """The hours under ``contact.office_hours``; None where none are stated.

    Raises:
        InstitutionFileError: a day is not one of the week, a time is none, or two shifts overlap.
    """
    if contact.values.get("office_hours") is None:
        return None
    part = contact.part("office_hours")
    _require_known(part)
    holidays = part.text("public_holidays")
    if holidays not in _HOLIDAYS:
        raise part.error("public_holidays", f"{holidays!r} must be closed or open")
    weekly = {day: _shifts(part, day) for day in Weekday if part.values.get(day.value) is not None}
    if not any(weekly.values()):
        raise part.error("monday", "is missing, as is every other day; name at least one with its hours")
    return OfficeHours(MappingProxyType(weekly), frozenset(part.days("closed_on")), _HOLIDAYS[holidays])


def hours_value(hours: OfficeHours) -> dict[str, Any]:
    """The mapping that ``office_hours`` reads as ``hours``."""
    closed = sorted(day.isoformat() for day in hours.closed_on)
    return {
        **{day.value: [_written(shift) for shift in shifts] for day, shifts in hours.weekly.items()},
        "public_holidays": "open" if hours.on_holidays else "closed",
        **({"closed_on": closed} if closed else {}),
    }


def _require_known(part: Fields) -> None:
    for name in part.values:
        if name not in {*Weekday, "public_holidays", "closed_on"}:
            raise part.error(str(name), "is not known; use monday to sunday, public_holidays and closed_on")


def _shifts(part: Fields, day: Weekday) -> tuple[Shift, ...]:
    shifts = sorted(_shift(part, day, text) for text in part.texts(day.value))
    for earlier, later in pairwise(shifts):
        if later.start_min < earlier.end_min:
            raise part.error(day.value, f"{_written(later)} overlaps {_written(earlier)}; write them apart")
    return tuple(shifts)


def _shift(part: Fields, day: Weekday, text: str) -> Shift:
    found = _SHIFT.fullmatch(text)
    if found is None:
        raise part.error(day.value, f'{text!r} is no time from and to; write it as "09:00-18:00"')
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if not start < end <= DAY_MIN:
        raise part.error(
            day.value, f"{text!r} must end after it begins and by 24:00; write what follows midnight under the next day"
        )
    return Shift(start, end)


def _written(shift: Shift) -> str:
    times = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (shift.start_min, shift.end_min))
    return "-".join(times)
