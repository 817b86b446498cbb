"""A conversation may ask as fast as anybody reads, no faster; the others don't notice."""

from __future__ import annotations

import pytest

from app.answering.types import Question
from app.assistant import pace
from app.assistant.errors import TooManyMessages
from app.assistant.pace import MOST_A_MINUTE, Pace
from knowledge_bases.schema import Language
from tests.app.small_bank import BANK, SmallBank


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_one_message_too_many_within_a_minute_is_turned_away_and_the_next_minute_is_free() -> None:
    clock = Clock()
    watched = Pace(clock)
    assert all(watched.allows("one") for _ in range(MOST_A_MINUTE))
    assert not watched.allows("one")
    assert watched.allows("other")
    clock.seconds = 61.0
    assert watched.allows("one")


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REMEMBERED", 3)
    watched = Pace(Clock())
    for number in range(50):
        watched.allows(str(number))
    assert len(watched._asked) == 3


async def test_a_message_too_many_is_neither_answered_nor_kept(small_bank: SmallBank) -> None:
    assistant = small_bank.platform.assistant
    conversation = assistant.open_conversation(BANK, Language.EN, "http://localhost:8000")
    while assistant.pace.allows(conversation):
        pass
    with pytest.raises(TooManyMessages):
        await assistant.ask(Question(BANK, "What is the annual fee?", conversation_id=conversation))
    assert assistant.transcript(BANK, conversation) == ()
