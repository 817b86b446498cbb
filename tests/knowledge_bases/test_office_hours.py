"""Office hours: read whole or refused by name; who is there when, in Hong Kong's time, and never a promise too many."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_bases.errors import InstitutionFileError
from knowledge_bases.fields import Fields
from knowledge_bases.hours_fields import hours_value, office_hours
from knowledge_bases.loader import load_institution
from knowledge_bases.office_hours import HONG_KONG, OfficeHours, Presence, Shift, Weekday, presence_at
from knowledge_bases.public_holidays import HOLIDAYS
from tests.knowledge_bases.test_loader import SAMPLES

WEEK = {"monday": ["09:00-13:00", "14:00-18:00"], "saturday": ["09:00-13:00"], "public_holidays": "closed"}


def read(**changes: Any) -> OfficeHours:
    stated = {name: value for name, value in {**WEEK, **changes}.items() if value is not None}
    found = office_hours(Fields("institution.yaml", {"office_hours": stated}, "contact"))
    assert found is not None
    return found


def at(day: str, time: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00").replace(tzinfo=HONG_KONG)


@pytest.mark.parametrize(
    ("moment", "presence", "next_at"),
    [
        (at("2026-11-23", "08:59"), Presence.AWAY, at("2026-11-23", "09:00")),
        (at("2026-11-23", "09:00"), Presence.THERE, at("2026-11-23", "14:00")),
        (at("2026-11-23", "13:00"), Presence.AWAY, at("2026-11-23", "14:00")),
        (at("2026-11-23", "18:00"), Presence.AWAY, at("2026-11-28", "09:00")),
        (at("2026-11-24"), Presence.AWAY, at("2026-11-28", "09:00")),
        (at("2026-12-26"), Presence.AWAY, at("2026-12-28", "09:00")),
        (at("2027-12-31"), Presence.AWAY, None),
        (at("2028-01-03"), Presence.UNKNOWN, None),
    ],
    ids=["before", "open", "lunch", "evening", "unnamed day", "a holiday", "the last known year ends", "unknown year"],
)
def test_who_is_there_and_who_comes_next(moment: datetime, presence: Presence, next_at: datetime | None) -> None:
    hours = read()
    assert (hours.presence(moment), hours.next_opening(moment)) == (presence, next_at)


def test_a_clock_elsewhere_is_read_in_hong_kong() -> None:
    assert read().presence(datetime.fromisoformat("2026-11-23T01:30:00+00:00")) is Presence.THERE


def test_whoever_is_there_leaves_at_the_end_of_the_shift() -> None:
    assert read().closing(at("2026-11-23", "09:30")) == at("2026-11-23", "13:00")
    assert read().closing(at("2026-11-23", "13:30")) is None


NIGHT = {
    "monday": ["09:00-12:00", "22:00-24:00"],
    "tuesday": ["00:00-06:00", "08:00-12:00", "12:00-18:00"],
    "saturday": None,
}


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (at("2026-11-23", "23:15"), at("2026-11-24", "06:00")),
        (at("2026-11-24", "00:00"), at("2026-11-24", "06:00")),
        (at("2026-11-24", "06:00"), None),
        (at("2026-11-24", "11:59"), at("2026-11-24", "18:00")),
        (at("2026-11-23", "10:00"), at("2026-11-23", "12:00")),
    ],
    ids=["before midnight", "at midnight", "once they have left", "a shift that follows at once", "by day"],
)
def test_who_stays_across_midnight_leaves_on_the_next_day(moment: datetime, leaves: datetime | None) -> None:
    assert read(**NIGHT).closing(moment) == leaves


def test_before_a_closed_day_the_night_ends_at_midnight() -> None:
    hours = read(**NIGHT, closed_on=[date(2026, 11, 24)])
    assert hours.closing(at("2026-11-23", "23:15")) == at("2026-11-24", "00:00")


def test_a_desk_that_never_closes_has_no_closing() -> None:
    always = {day.value: ["00:00-24:00"] for day in Weekday}
    assert read(**always, public_holidays="open").closing(at("2026-11-23", "23:15")) is None


def test_a_desk_that_is_open_on_holidays_needs_no_list_of_them() -> None:
    hours = read(public_holidays="open")
    assert hours.presence(at("2026-12-26")) is Presence.THERE
    assert hours.presence(at("2028-01-03")) is Presence.THERE


def test_a_day_of_ones_own_is_closed() -> None:
    assert read(closed_on=[date(2026, 11, 23)]).presence(at("2026-11-23")) is Presence.AWAY


def test_without_hours_nothing_is_known() -> None:
    assert presence_at(None, at("2026-11-23")) is Presence.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"monday": ["9-18"]}, "contact.office_hours.monday", '"09:00-18:00"'),
        ({"monday": ["18:00-09:00"]}, "contact.office_hours.monday", "under the next day"),
        ({"monday": ["09:00-25:00"]}, "contact.office_hours.monday", "24:00"),
        ({"monday": ["09:00-13:00", "12:00-18:00"]}, "contact.office_hours.monday", "overlaps 09:00-13:00"),
        ({"monday": "09:00-18:00"}, "contact.office_hours.monday", "list of texts"),
        ({"mon": ["09:00-18:00"]}, "contact.office_hours.mon", "monday to sunday"),
        ({"public_holidays": "maybe"}, "contact.office_hours.public_holidays", "closed or open"),
        ({"public_holidays": None}, "contact.office_hours.public_holidays", "is missing"),
        ({"closed_on": ["26 Dec"]}, "contact.office_hours.closed_on", "YYYY-MM-DD"),
        ({"closed_on": date(2026, 12, 26)}, "contact.office_hours.closed_on", "list of dates"),
        ({"monday": None, "saturday": []}, "contact.office_hours.monday", "at least one"),
    ],
)
def test_wrong_hours_are_refused_by_field_with_what_to_write(changes: Any, field: str, says: str) -> None:
    with pytest.raises(InstitutionFileError) as refused:
        read(**changes)
    assert field in str(refused.value)
    assert says in str(refused.value)


SHIFTS = (
    st.lists(st.integers(0, 1440), unique=True, max_size=6)
    .map(sorted)
    .map(lambda m: list(zip(m[::2], m[1::2], strict=False)))
)


@given(week=st.dictionaries(st.sampled_from(Weekday), SHIFTS), on_holidays=st.booleans(), closed=st.sets(st.dates()))
def test_hours_are_read_back_as_they_were_written(week: Any, on_holidays: bool, closed: set[date]) -> None:
    weekly = {day: tuple(Shift(*shift) for shift in shifts) for day, shifts in week.items()}
    if not any(weekly.values()):
        weekly[Weekday.MONDAY] = (Shift(0, 1440),)
    hours = OfficeHours(weekly, frozenset(closed), on_holidays)
    assert office_hours(Fields("f", {"office_hours": hours_value(hours)})) == hours


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_every_sample_states_hours_that_agree_with_its_words(sample: Path) -> None:
    contact = load_institution(sample).institution.contact
    assert contact.office_hours is not None
    assert contact.office_hours.on_holidays is ("public holidays" not in contact.hours.en)
    assert (Weekday.SATURDAY in contact.office_hours.weekly) is bool(
        {"Saturday", "Every"} & set(contact.hours.en.split())
    )


def test_a_year_of_holidays_is_whole() -> None:
    assert {year: sum(day.year == year for day in HOLIDAYS) for year in (2026, 2027)} == {2026: 17, 2027: 17}
