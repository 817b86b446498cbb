from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guardrails.normalise import fold, normalise


def test_full_width_zero_width_and_lookalike_characters_become_the_plain_ones() -> None:
    assert normalise("Ｉ\u200bgnоre １２３").text == "ignore 123"


def test_traditional_characters_are_folded_one_for_one() -> None:
    assert fold("驗證碼") == "验证码"
    assert normalise("驗證碼").text == normalise("验证码").text


def test_a_match_points_back_into_the_original() -> None:
    normal = normalise("碼\u200b係４８\u200b２")
    start = normal.text.index("482")
    span = normal.original(start, start + 3)
    assert span.slice("碼\u200b係４８\u200b２") == "４８\u200b２"


@given(st.text())
def test_every_character_knows_a_place_in_the_original(text: str) -> None:
    normal = normalise(text)
    assert len(normal.text) == len(normal.origins)
    assert list(normal.origins) == sorted(normal.origins)
    assert all(0 <= origin < len(text) for origin in normal.origins)
