"""Which characters of a page are drawn, and where its lines end."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ingestion.parsers.drawn.lettering import HYPHENS, SEEN, UNSEEN, line_ends, unseen
from ingestion.parsers.elements import CONTROL

AROUND_A_HYPHEN = re.compile(rf"\r?\n|\r|(?<=[{HYPHENS}])")


def test_blanks_and_control_marks_are_not_drawn_and_the_marks_of_hyphens_are() -> None:
    assert unseen("") == b""
    assert list(unseen("a \t\x03\u200b\ufeff")) == [SEEN, *[UNSEEN] * 5]
    assert list(unseen(HYPHENS)) == [SEEN, SEEN]


@given(st.text(st.characters(exclude_characters="\uffff", exclude_categories=())))
def test_every_other_character_is_drawn_those_beyond_the_first_plane_too(text: str) -> None:
    drawn = [not (c.isspace() or (CONTROL.match(c) and c not in HYPHENS)) for c in text]
    assert [mark == SEEN for mark in unseen(text)] == drawn


@given(st.text(f"a\r\n{HYPHENS}"))
def test_a_line_ends_at_a_line_end_or_after_a_hyphen_and_never_twice(text: str) -> None:
    assert line_ends(text) == [found.span() for found in AROUND_A_HYPHEN.finditer(text)]


def test_a_hyphen_and_its_line_end_are_one() -> None:
    assert line_ends("long\x02\r\nest\nend") == [(5, 7), (10, 11)]
