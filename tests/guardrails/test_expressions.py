from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import watchdog
from guardrails.errors import PatternTimeout
from guardrails.expressions import Expression

PAIRS = [
    (r"\d{3,7}(?!\d)", "12345678 123"),
    (r"(?<!\d)(?P<card>\d{4})(?!\d)", "1234 12345 9999"),
    (r"(?<!why )should i (?:buy|sell)\b", "why should i buy? should i sell"),
    (r"fee(?=[ s(]+waived)|gold\b", "fees waived, golden, gold"),
    (r"[)(?=]+x", "a(=)x"),
    (r"\(?\d\)?", "(1) 2)"),
    (r"手[续續]費\s?(?P<sum>\d+)", "手續費 12手续費3"),
]


@pytest.mark.parametrize(("alternative", "text"), PAIRS)
def test_both_engines_find_what_python_finds(alternative: str, text: str) -> None:
    expression, plain = Expression([alternative]), re.compile(alternative, re.ASCII | re.IGNORECASE)
    assert [match.span() for match in expression.finditer(text)] == [match.span() for match in plain.finditer(text)]
    first, expected = expression.search(text), plain.search(text)
    assert (first and first.span()) == (expected and expected.span())
    assert expression.occurs(text) is (expected is not None)


@given(st.text("a1( 費", max_size=40))
def test_linear_and_watched_alternatives_are_found_in_one_pass(text: str) -> None:
    expression = Expression([r"a\d", r"(?<!a)\d(?!\d)"])
    plain = re.compile(r"a\d|(?<!a)\d(?!\d)")
    assert [match.span() for match in expression.finditer(text)] == [match.span() for match in plain.finditer(text)]


def test_named_groups_are_told_in_the_order_in_which_they_open() -> None:
    match = Expression([r"(?P<zone>\d(?P<area>x)?)"]).search("see 4")
    assert match is not None
    assert match.groupdict() == {"zone": "4", "area": ""}
    assert match.span("zone") == (4, 5)
    assert match.span("area") == (-1, -1)
    assert match["area"] == ""


def test_matches_are_replaced_by_words_as_they_stand() -> None:
    assert Expression([r"\d+", r"(?<=x)y"]).sub(r"\1", "a12 xy 3") == r"a\1 x\1 \1"


def test_nothing_matches_where_there_is_no_alternative() -> None:
    assert not Expression([]).occurs("anything")


def test_only_alternatives_with_assertions_or_backreferences_are_watched() -> None:
    expression = Expression([r"\bfee\b", r"fee(?!s)", r"(a)\1"])
    assert expression.watched == (r"fee(?!s)", r"(a)\1")


def test_what_no_engine_can_read_is_refused() -> None:
    with pytest.raises(ValueError, match=r"missing|unterminated|parenthesis"):
        Expression([r"(fee"]).compile()


def test_a_search_that_explodes_is_stopped_by_its_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "WATCHDOG_S", 0.05)
    explosive = Expression([r"(?:a|aa)+(?!b)d"])
    with pytest.raises(PatternTimeout):
        explosive.occurs("a" * 60 + "c ad")


def test_the_watched_engine_is_left_alone_where_its_words_do_not_occur(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "WATCHDOG_S", 0.0)
    assert not Expression([r"(?:a+)+(?=b)c"]).occurs("a" * 5000)
