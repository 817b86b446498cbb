from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.errors import TokenExpired, TokenForeign, TokenForged, TokenMissing
from app.chat.tokens import ChatTokens
from knowledge_bases.schema import Language

SITE = "https://www.harbourbank.example"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def tokens(clock: Clock | None = None, key: bytes = b"k" * 32) -> ChatTokens:
    return ChatTokens(key, ttl_s=600, clock=clock or Clock())


def minted(by: ChatTokens) -> str:
    return by.mint("harbour-bank", SITE, "c-1", Language.ZH_HANT)


def test_a_token_says_for_whom_it_was_minted() -> None:
    token = tokens().verify(minted(tokens()), "harbour-bank")
    assert (token.institution, token.origin, token.conversation, token.language) == (
        "harbour-bank",
        SITE,
        "c-1",
        Language.ZH_HANT,
    )


def test_a_token_of_one_institution_opens_no_other() -> None:
    with pytest.raises(TokenForeign):
        tokens().verify(minted(tokens()), "lantern-insurance")


def test_a_token_lasts_its_time_and_not_a_second_more() -> None:
    clock = Clock()
    mine = tokens(clock)
    raw = minted(mine)
    clock.now += 599
    mine.verify(raw, "harbour-bank")
    clock.now += 1
    with pytest.raises(TokenExpired):
        mine.verify(raw, "harbour-bank")


@pytest.mark.parametrize("raw", [None, ""])
def test_no_token_is_said_to_be_missing(raw: str | None) -> None:
    with pytest.raises(TokenMissing):
        tokens().verify(raw, "harbour-bank")


def test_a_token_signed_with_another_key_is_forged() -> None:
    with pytest.raises(TokenForged):
        tokens().verify(minted(tokens(key=b"x" * 32)), "harbour-bank")


@given(st.text(max_size=200))
def test_words_that_are_no_token_are_forged_and_nothing_worse(raw: str) -> None:
    with pytest.raises((TokenForged, TokenMissing)):
        tokens().verify(raw, "harbour-bank")


@given(st.data())
def test_a_changed_character_is_noticed(data: st.DataObject) -> None:
    raw = minted(tokens())
    at = data.draw(st.integers(0, len(raw.split(".")[0]) - 2))
    other = data.draw(st.sampled_from([c for c in "ABCxyz019-_" if c != raw[at]]))
    with pytest.raises(TokenForged):
        tokens().verify(raw[:at] + other + raw[at + 1 :], "harbour-bank")
