"""A person's replies reach the open chat: each once, in order, and only while it makes sense to look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from app.assistant.ports import ConversationState, Role, TranscriptMessage
from app.chat.staff_replies import StaffReplies
from app.chat.tokens import CustomerToken
from app.chat.visit import ChatServices, Visit
from knowledge_bases.schema import Language
from tests.app.chat.conftest import SITE, TTL_S, Clock
from tests.app.chat.open_page import BANK, Page
from tests.fakes.assistant import FakeAssistant


def reply(assistant: FakeAssistant, conversation: str, text: str) -> None:
    message = TranscriptMessage(Role.STAFF, text, datetime.now(UTC))
    assistant.conversations[conversation].messages.append(message)


@dataclass
class FakeLine:
    """A page that stays for ``looks`` looks; ``then`` happens after each."""

    visit: Visit
    looks: int = 3
    connected: bool = True
    then: Callable[[], None] = lambda: None
    shown: list[str] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        return self.looks == 0

    async def show(self, message: TranscriptMessage) -> None:
        self.shown.append(message.text)

    async def pause(self) -> None:
        self.looks -= 1
        self.then()


@pytest.fixture
def line(services: ChatServices, assistant: FakeAssistant, clock: Clock) -> FakeLine:
    conversation = assistant.open_conversation(BANK, Language.EN, SITE)
    assistant.want_human(BANK, conversation, Language.EN)
    token = CustomerToken(BANK, SITE, conversation, Language.EN, int(clock()) + TTL_S)
    return FakeLine(Visit(services, token))


async def follow(line: FakeLine, shown: int = 0) -> list[str]:
    await StaffReplies(line, shown, line.pause).follow()
    return line.shown


async def test_each_reply_is_shown_once_in_order_and_nothing_else_is(line: FakeLine, assistant: FakeAssistant) -> None:
    numbers = iter(range(9))
    line.then = lambda: reply(assistant, line.visit.token.conversation, f"reply {next(numbers)}")
    assert await follow(line) == ["reply 0", "reply 1"]


async def test_what_the_page_shows_already_is_not_shown_again(line: FakeLine, assistant: FakeAssistant) -> None:
    for text in ("before the reload", "after it"):
        reply(assistant, line.visit.token.conversation, text)
    assert await follow(line, shown=1) == ["after it"]


async def test_a_page_that_lost_its_connection_gets_the_reply_when_it_is_back(
    line: FakeLine, assistant: FakeAssistant
) -> None:
    reply(assistant, line.visit.token.conversation, "Good morning")
    line.connected = False
    line.then = lambda: setattr(line, "connected", line.looks == 1)
    assert await follow(line) == ["Good morning"]


async def test_it_ends_after_the_last_reply_once_the_assistant_has_the_conversation_again(
    line: FakeLine, assistant: FakeAssistant
) -> None:
    reply(assistant, line.visit.token.conversation, "I hand you back")
    assistant.conversations[line.visit.token.conversation].state = ConversationState.ASSISTANT
    assert await follow(line) == ["I hand you back"]
    assert line.looks == 3


async def test_it_ends_with_the_token(line: FakeLine, assistant: FakeAssistant, clock: Clock) -> None:
    line.then = lambda: setattr(clock, "now", clock.now + TTL_S + 1)
    assert await follow(line) == []
    assert line.looks == 2


async def test_a_failure_is_no_end(line: FakeLine, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    reply(assistant, line.visit.token.conversation, "Good morning")
    token = line.visit.token
    line.visit = replace(line.visit, token=replace(token, conversation="not there for a moment"))
    line.then = lambda: setattr(line, "visit", replace(line.visit, token=token))
    assert await follow(line) == ["Good morning"]


async def test_the_open_page_receives_the_reply_and_after_a_lost_connection_the_next(
    url: str, assistant: FakeAssistant
) -> None:
    page = await asyncio.to_thread(Page, url)
    (conversation,) = assistant.conversations
    await page.connect()
    await page.press_for_a_person()
    await page.reads("A person will help you")
    reply(assistant, conversation, "Good morning")
    await page.reads("Good morning")
    await page.lose_connection()
    reply(assistant, conversation, "Are you still there")
    await asyncio.sleep(0.3)  # some looks
    await page.connect()
    await page.reads("Are you still there")
    assert page.received.empty()
    await page.lose_connection()
