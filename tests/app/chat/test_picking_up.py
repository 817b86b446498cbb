"""A page opened in the middle of an answer reads it to its end: each sentence once, and only what was stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from app.answering.types import Answer
from app.assistant.ports import ConversationState, Role, TranscriptMessage
from app.chat.markdown import escape
from app.chat.picking_up import PickingUp, still_unheard
from app.chat.tokens import CustomerToken
from app.chat.visit import ChatServices, Visit
from knowledge_bases.schema import Language
from tests.app.chat.conftest import SITE, TTL_S, Clock
from tests.app.chat.open_page import BANK, Page
from tests.fakes.assistant import WRITTEN, FakeAssistant, a_growing_answer, a_refusal

FIRST, SECOND = map(escape, WRITTEN)


@dataclass
class FakePage:
    """A page that stays for ``looks`` looks; ``then`` has what happens after each, in order."""

    visit: Visit
    looks: int = 9
    connected: bool = True
    asks: bool = False
    followed: bool = False
    then: list[Callable[[], None]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        return self.looks == 0

    async def show(self, message: TranscriptMessage) -> None:
        self.shown.append(f"{message.role}: {message.text}")

    async def grow(self, answer: Answer, *, whole: bool) -> None:
        self.shown.append(f"{answer.answer_id}: {len(answer.sentences)}{' whole' if whole else ''}")

    def follow_person(self) -> None:
        self.followed = True

    async def pause(self) -> None:
        self.looks -= 1
        if self.then:
            self.then.pop(0)()


class Conversation:
    """What another process stores, and the page that reads it."""

    def __init__(self, assistant: FakeAssistant, services: ChatServices, now: float) -> None:
        self.id = assistant.open_conversation(BANK, Language.EN, SITE)
        self._assistant, self._services = assistant, services
        token = CustomerToken(BANK, SITE, self.id, Language.EN, int(now) + TTL_S)
        self.page = FakePage(Visit(services, token))

    def says(self, role: Role, text: str, answer: Answer | None = None) -> None:
        message = TranscriptMessage(role, text, datetime.now(UTC), answer)
        self._assistant.conversations[self.id].messages.append(message)

    def writes(self, sentences: int) -> None:
        self._assistant.writes.unfinished[self.id] = a_growing_answer("a-1", sentences)

    def closes(self, answer: Answer | None = None) -> None:
        self._assistant.writes.unfinished.pop(self.id, None)
        self.says(Role.ASSISTANT, "whole", answer or a_growing_answer("a-1", 2))

    def asks(self, text: str) -> None:
        """A model is asked, and has said nothing yet."""
        self._assistant.open_questions[self.id] = TranscriptMessage(Role.CUSTOMER, text, datetime.now(UTC))

    def gives_up(self) -> None:
        """The process that answered is gone, and a worker tells so."""
        question = self._assistant.open_questions.pop(self.id)
        self.says(Role.CUSTOMER, question.text)
        self.says(Role.ASSISTANT, "lost", a_refusal())

    async def read(self, *, under_way: bool = False, asked: tuple[str, ...] = ()) -> list[str]:
        read = len(self._assistant.conversations[self.id].messages)
        page = self.page
        await PickingUp(page, read, lambda: under_way, page.pause, looks=9, asked=list(asked)).follow()
        return self.page.shown


@pytest.fixture
def conversation(assistant: FakeAssistant, services: ChatServices, clock: Clock) -> Conversation:
    return Conversation(assistant, services, clock())


async def test_it_shows_what_was_released_then_each_piece_that_follows_and_the_whole_once(
    conversation: Conversation,
) -> None:
    conversation.writes(1)
    conversation.page.then = [lambda: None, lambda: conversation.writes(2), conversation.closes]
    assert await conversation.read() == ["a-1: 1", "a-1: 2", "a-1: 2 whole"]
    assert conversation.page.looks == 6  # and no look after it was closed


async def test_where_nothing_is_written_it_looks_once(conversation: Conversation) -> None:
    conversation.says(Role.CUSTOMER, "asked, and never answered")
    assert await conversation.read() == []
    assert conversation.page.looks == 9


async def test_a_question_that_this_process_still_answers_is_shown_with_its_answer(conversation: Conversation) -> None:
    def answered() -> None:
        conversation.says(Role.CUSTOMER, "What is the fee?")
        conversation.closes()

    conversation.page.then = [answered]
    shown = await conversation.read(under_way=True)
    assert shown == ["customer: What is the fee?", "assistant: whole"]


async def test_what_is_asked_in_the_page_itself_is_not_shown_twice(conversation: Conversation) -> None:
    conversation.writes(1)

    def asked() -> None:
        conversation.page.asks = True
        conversation.says(Role.CUSTOMER, "And the other card?")
        conversation.says(Role.ASSISTANT, "another", replace(a_growing_answer("a-2"), answer_id="a-2"))

    conversation.page.then = [asked, conversation.closes]
    assert await conversation.read() == ["a-1: 1", "a-1: 2 whole"]


async def test_a_person_who_takes_over_meanwhile_is_looked_out_for(
    conversation: Conversation, assistant: FakeAssistant
) -> None:
    conversation.writes(1)

    def taken_over() -> None:
        assistant.conversations[conversation.id].state = ConversationState.HUMAN
        conversation.says(Role.STAFF, "Good morning")

    conversation.page.then = [taken_over, conversation.closes]
    assert await conversation.read() == ["a-1: 1", "a-1: 2 whole"]  # the look-out for replies shows theirs
    assert conversation.page.followed


async def test_a_page_that_is_away_is_shown_nothing_and_all_of_it_when_it_is_back(conversation: Conversation) -> None:
    conversation.writes(1)
    conversation.page.connected = False
    back = [lambda: conversation.writes(2), lambda: setattr(conversation.page, "connected", True), conversation.closes]
    conversation.page.then = back
    assert await conversation.read() == ["a-1: 2", "a-1: 2 whole"]


async def test_an_answer_that_nobody_closes_is_not_waited_for_without_end(conversation: Conversation) -> None:
    conversation.writes(1)
    conversation.page.looks = 99
    assert await conversation.read() == ["a-1: 1"]
    assert conversation.page.looks == 90


async def test_it_ends_with_the_token(conversation: Conversation, clock: Clock) -> None:
    conversation.writes(1)
    conversation.page.then = [lambda: setattr(clock, "now", clock.now + TTL_S + 1)]
    assert await conversation.read() == ["a-1: 1"]
    assert conversation.page.looks == 8


async def test_a_question_of_which_nothing_was_released_is_waited_for_and_what_became_of_it_is_shown_once(
    conversation: Conversation,
) -> None:
    conversation.asks("How much is it?")
    conversation.page.then = [lambda: None, lambda: None, conversation.gives_up]
    assert await conversation.read(asked=("How much is it?",)) == ["assistant: lost"]


async def test_a_page_that_is_reloaded_shows_the_question_that_another_process_answers_and_then_that_it_was_lost(
    url: str, assistant: FakeAssistant
) -> None:
    page = await asyncio.to_thread(Page, url)
    (conversation,) = assistant.conversations
    question = TranscriptMessage(Role.CUSTOMER, "How much is it?", datetime.now(UTC))
    assistant.open_questions[conversation] = question
    await page.connect()
    await page.reads("How much is it?")
    await page.reads("We have this question and are still answering it")
    kept = assistant.conversations[conversation].messages
    kept += [question, TranscriptMessage(Role.ASSISTANT, "lost", datetime.now(UTC), a_refusal())]
    assistant.open_questions.clear()
    await page.reads("I cannot give investment advice")
    assert page.text.count("How much is it?") == 1
    await page.lose_connection()


def test_a_question_that_was_heard_while_the_page_was_opened_is_shown_once() -> None:
    now = datetime.now(UTC)
    asked, before = (
        TranscriptMessage(Role.CUSTOMER, "Fees?", now),
        TranscriptMessage(Role.CUSTOMER, "Fees?", now - timedelta(minutes=1)),
    )
    assert still_unheard((asked,), (before, asked)) == ()
    assert still_unheard((asked,), (before,)) == (asked,)


async def asked_to_write(url: str) -> Page:
    page = await asyncio.to_thread(Page, url)
    await page.connect()
    await page.reads("You are chatting with an AI")
    await page.ask("Please write about the gold card")
    await page.reads(FIRST)
    return page


async def test_a_reloaded_page_reads_the_same_answer_to_its_end_and_the_model_goes_on(
    url: str, assistant: FakeAssistant
) -> None:
    page = await asked_to_write(url)
    await page.reload()
    await page.reads("Please write")
    await page.reads(FIRST)
    assert SECOND not in page.text
    await asyncio.sleep(1.0)  # longer than a page that is gone is waited for
    assert not assistant.writes.left.is_set()
    assistant.writes.go_on.set()
    await page.reads(FIRST, SECOND)
    assert page.text.count(FIRST) == page.text.count(SECOND) == 1
    await page.lose_connection()


async def test_a_page_reads_on_what_another_process_writes(url: str, assistant: FakeAssistant) -> None:
    page = await asyncio.to_thread(Page, url)
    (conversation,) = assistant.conversations
    assistant.writes.unfinished[conversation] = a_growing_answer("a-1")
    await page.connect()
    await page.reads(FIRST)
    assistant.writes.unfinished[conversation] = a_growing_answer("a-1", 2)
    await page.reads(FIRST, SECOND)
    assert page.text.count(FIRST) == page.text.count(SECOND) == 1
    await page.lose_connection()


async def test_a_page_whose_network_was_gone_is_sent_what_it_missed(url: str, assistant: FakeAssistant) -> None:
    page = await asked_to_write(url)
    page.hears_nothing = True  # as a phone in a tunnel, which the server does not know of
    assistant.writes.go_on.set()
    await asyncio.sleep(0.3)
    await page.lose_connection()
    page.hears_nothing = False
    await page.connect()
    await page.reads(FIRST, SECOND)
    assert page.text.count(FIRST) == page.text.count(SECOND) == 1
    await asyncio.sleep(0.3)  # until its buttons are there
    assert page.buttons == 4  # two questions to begin with, and its thumbs: each once
    await page.lose_connection()


async def test_who_presses_stop_reads_no_more_of_it_and_that_it_was_them(url: str, assistant: FakeAssistant) -> None:
    page = await asked_to_write(url)
    await page.press_stop()
    await page.reads(FIRST, "You stopped this answer")
    assert SECOND not in page.text
    assert "Task manually stopped" not in page.text
    await page.lose_connection()


async def test_stop_with_nothing_to_stop_is_no_harm(url: str, assistant: FakeAssistant) -> None:
    page = await asyncio.to_thread(Page, url)
    await page.connect()
    await page.reads("You are chatting with an AI")
    await page.press_stop()
    await page.ask("What is the annual fee of the gold card?")
    await page.reads("Gold Card")
    await page.lose_connection()


async def test_a_page_that_nobody_comes_back_to_ends_the_model(url: str, assistant: FakeAssistant) -> None:
    page = await asked_to_write(url)
    await page.lose_connection()
    assert await asyncio.to_thread(assistant.writes.left.wait, 5)


async def test_a_page_that_reads_along_when_another_asks_for_a_person_is_sent_the_replies_too(
    url: str, assistant: FakeAssistant
) -> None:
    page = await asked_to_write(url)
    (conversation,) = assistant.conversations
    assistant.want_human(BANK, conversation, Language.EN)
    assistant.writes.go_on.set()
    await page.reads(FIRST, SECOND)
    assistant.conversations[conversation].messages.append(
        TranscriptMessage(Role.STAFF, "Good morning", datetime.now(UTC))
    )
    await page.reads("Good morning")
    await page.lose_connection()
