"""The days a document states of itself, in the ways Hong Kong's institutions write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batches.stated_days import HEAD_CHARACTERS, stated_days

MARCH = date(2026, 3, 1)


@pytest.mark.parametrize(
    "words",
    [
        "All fees are as at 1 March 2026.",
        "Rates as at 9:00 a.m. on 1 March 2026, for reference.",
        "Figures as of March 1, 2026",
        "As at 1 Mar 2026",
        "截至2026年3月1日。",
        "收費為截至 2026 年 3 月 1 日的資料",
        "Notice\n1 March 2026. Announcement 7.",
        "Date: 2026-03-01",
    ],
)
def test_the_day_figures_are_as_at(words: str) -> None:
    found = stated_days(words).as_at
    assert found is not None
    assert found.day == MARCH


@pytest.mark.parametrize(
    "words",
    [
        "Effective from 1 March 2026.",
        "In force from 1 March 2026",
        "takes effect on 1 March 2026",
        "with effect from 1 March 2026",
        "Applies to policies issued on or after 1 March 2026.",
        "由2026年3月1日起生效",
        "自2026年3月1日起实施",
        "生效日期：2026年3月1日",
    ],
)
def test_the_first_day_in_force(words: str) -> None:
    found = stated_days(words).starts
    assert found is not None
    assert found.day == MARCH


def test_the_last_day_that_is_stated_is_the_one_before_the_end() -> None:
    found = stated_days("Effective from 1 March 2026. This offer is valid until 31 May 2026.")
    assert found.ends is not None
    assert found.ends.day == date(2026, 6, 1)


def test_the_day_most_figures_are_as_at_counts() -> None:
    text = "Reserves as at 1 January 2020. Fees as at 1 March 2026. Charges as at 1 March 2026."
    found = stated_days(text).as_at
    assert found is not None
    assert found.day == MARCH


def test_a_change_of_one_fee_far_down_is_not_when_the_document_starts() -> None:
    text = "Fees.\n" + "x " * HEAD_CHARACTERS + "\nThe fee is HK$320 with effect from 1 January 2027."
    assert stated_days(text).starts is None


@pytest.mark.parametrize("words", ["", "as at 31 February 2026", "截至2026年13月1日", "We opened in 1998."])
def test_no_day_is_made_up(words: str) -> None:
    found = stated_days(words)
    assert (found.as_at, found.starts, found.ends) == (None, None, None)


def test_a_mail_is_as_at_the_day_it_was_sent() -> None:
    mail = "Fee change\nFrom: a@bank.hk; To: all@bank.hk; Date: Tue, 03 Mar 2026 09:00:00 +0800\nThe fee is HK$5."
    found = stated_days(mail).as_at
    assert found is not None
    assert (found.day, "Tue, 03 Mar 2026" in found.words) == (date(2026, 3, 3), True)
    stated = stated_days(mail + " All fees are as at 1 March 2026.").as_at
    assert stated is not None
    assert stated.day == date(2026, 3, 1)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_any_day_is_read_as_it_is_written(day: date) -> None:
    for words in (
        f"as at {day.day} {day:%B} {day.year}",
        f"截至{day.year}年{day.month}月{day.day}日",
        f"as at {day.isoformat()}",
    ):
        found = stated_days(words).as_at
        assert found is not None
        assert found.day == day


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    stated_days(text)
