"""When somebody is there: the hours of an institution's desk as a program reads them, always in Hong Kong's time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

from knowledge_bases.public_holidays import is_holiday

HONG_KONG = timezone(timedelta(hours=8), "HKT")  # no daylight saving since 1979
DAY_MIN = 24 * 60
LOOKED_AHEAD = 21  # days: the longest row of holidays is a week


class Weekday(StrEnum):
    """The days of a week, Monday first as in ``date.weekday``."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Presence(StrEnum):
    """Whether somebody is at the desk. UNKNOWN: nobody has said, and nothing is promised."""

    THERE = "there"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class Shift:
    """Minutes of a day [start, end), 0 to 1440."""

    start_min: int
    end_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_min < self.end_min <= DAY_MIN:
            raise ValueError(f"shift {self.start_min} to {self.end_min} is empty or leaves the day")


@dataclass(frozen=True)
class OfficeHours:
    """``weekly`` are the shifts of each day, ascending and apart; a day that is not named is closed.

    ``closed_on`` are further days without anybody. ``on_holidays``: the desk is there on general holidays too.
    """

    weekly: Mapping[Weekday, tuple[Shift, ...]] = field(default_factory=lambda: MappingProxyType({}))
    closed_on: frozenset[date] = frozenset()
    on_holidays: bool = False

    def presence(self, at: datetime) -> Presence:
        """Whether somebody is there at an instant."""
        local = at.astimezone(HONG_KONG)
        shifts = self._shifts(local.date())
        if shifts is None:
            return Presence.UNKNOWN
        minute = local.hour * 60 + local.minute
        there = any(shift.start_min <= minute < shift.end_min for shift in shifts)
        return Presence.THERE if there else Presence.AWAY

    def next_opening(self, after: datetime) -> datetime | None:
        """When somebody comes next; None where no day within three weeks is known to be open."""
        local = after.astimezone(HONG_KONG)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        for days in range(LOOKED_AHEAD):
            day = midnight + timedelta(days=days)
            shifts = self._shifts(day.date())
            if shifts is None:
                return None
            openings = (day + timedelta(minutes=shift.start_min) for shift in shifts)
            found = next((opening for opening in openings if opening > local), None)
            if found is not None:
                return found
        return None

    def closing(self, at: datetime) -> datetime | None:
        """When nobody is there any more after an instant; None where nobody is, or somebody always is.

        A shift that follows at once goes on with the one before, across midnight as well.
        """
        local = at.astimezone(HONG_KONG)
        open_until = local
        for days in range(LOOKED_AHEAD):
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
            for shift in self._shifts(midnight.date()) or ():
                begins, ends = (midnight + timedelta(minutes=minute) for minute in (shift.start_min, shift.end_min))
                open_until = ends if begins <= open_until < ends else open_until
            if open_until < midnight + timedelta(days=1):
                return None if open_until == local else open_until
        return None

    def _shifts(self, day: date) -> tuple[Shift, ...] | None:
        """The shifts of a day; None where it depends on a holiday that nobody has entered."""
        planned = self.weekly.get(list(Weekday)[day.weekday()], ())
        if day in self.closed_on or not planned:
            return ()
        if self.on_holidays:
            return planned
        holiday = is_holiday(day)
        return None if holiday is None else () if holiday else planned


def presence_at(hours: OfficeHours | None, at: datetime) -> Presence:
    """As ``OfficeHours.presence``; UNKNOWN where an institution has stated none."""
    return Presence.UNKNOWN if hours is None else hours.presence(at)
