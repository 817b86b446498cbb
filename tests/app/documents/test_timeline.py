"""Which version is in force when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.documents.timeline import Entry, place

DAY = date(2026, 1, 1)
days = st.none() | st.integers(0, 12).map(lambda n: DAY + timedelta(days=n))


@st.composite
def timelines(draw: st.DrawFn) -> list[Entry]:
    """Up to six versions of one document, published one after the other."""
    entries = []
    for number in range(draw(st.integers(0, 6))):
        published = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 9)), seconds=number)
        entries.append(Entry(f"v{number}", draw(days), draw(days), published))
    return entries


def in_force(entries: list[Entry], on: date) -> set[str]:
    starts = {entry.version: entry.effective_from or date.min for entry in entries}
    placed = place(entries)
    return {p.version for p in placed if starts[p.version] <= on and (p.effective_to is None or on < p.effective_to)}


def entry(version: str, start: date | None, end: date | None = None, published: int = 0) -> Entry:
    return Entry(version, start, end, datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=published))


@given(timelines())
def test_on_any_day_at_most_one_version_is_in_force(entries: list[Entry]) -> None:
    for offset in range(-2, 15):
        assert len(in_force(entries, DAY + timedelta(days=offset))) <= 1


@given(timelines())
def test_no_version_is_in_force_longer_than_it_was_given(entries: list[Entry]) -> None:
    ends = {e.version: e.declared_to for e in entries}
    for placed in place(entries):
        given_end = ends[placed.version]
        assert given_end is None or (placed.effective_to is not None and placed.effective_to <= given_end)


@given(timelines(), st.randoms(use_true_random=False))
def test_the_order_in_which_versions_are_read_does_not_matter(entries: list[Entry], random: Random) -> None:
    shuffled = random.sample(entries, len(entries))
    assert place(shuffled) == place(entries)


def test_no_version_is_placed_where_there_is_none() -> None:
    assert place([]) == ()


def test_an_open_version_ends_where_the_next_begins() -> None:
    old, new = place([entry("old", date(2025, 1, 1)), entry("new", DAY, published=1)])
    assert (old.effective_to, old.superseded) == (DAY, True)
    assert (new.effective_to, new.superseded) == (None, False)


def test_a_gap_that_was_meant_stays() -> None:
    end = date(2025, 6, 1)
    old, _ = place([entry("old", date(2025, 1, 1), end), entry("new", DAY, published=1)])
    assert old.effective_to == end


def test_the_old_version_published_after_the_new_one_does_not_replace_it() -> None:
    entries = [entry("new", DAY, published=0), entry("old", date(2025, 1, 1), published=1)]
    assert in_force(entries, DAY) == {"new"}
    assert in_force(entries, date(2025, 12, 31)) == {"old"}


def test_of_two_with_the_same_start_the_later_published_counts() -> None:
    entries = [entry("first", DAY), entry("corrected", DAY, published=1)]
    assert in_force(entries, DAY) == {"corrected"}


def test_a_version_kept_for_the_record_does_not_replace_an_open_one() -> None:
    entries = [entry("current", None), entry("historic", None, date(2025, 1, 1), published=1)]
    assert in_force(entries, DAY) == {"current"}
