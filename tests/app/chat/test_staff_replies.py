"""A person's replies reach the open chat: each once, in order, and only while it makes sense to look."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import socketio
import uvicorn
from fastapi import FastAPI

from app.assistant.ports import ConversationState, Role, TranscriptMessage
from app.chat.handlers import HUMAN_WANTED
from app.chat.staff_replies import StaffReplies
from app.chat.tokens import CustomerToken
from app.chat.visit import ChatServices, Visit
from app.web.page_images import PageImages
from knowledge_bases.schema import Language
from tests.app.chat.conftest import SITE, TTL_S, Clock
from tests.fakes.assistant import FakeAssistant
from tests.fakes.library import FakeLibrary

BANK = "harbour-bank"
READY_S = 20


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

    async def show(self, text: str) -> None:
        self.shown.append(text)

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


@pytest.fixture
def url(services: ChatServices, library: FakeLibrary, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The chat served for real, with short looks."""
    from app.chat import following
    from app.chat.mount import mount_chat

    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.05)
    served = FastAPI()
    mount_chat(served, services, library, PageImages(tmp_path))
    server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + READY_S
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


class Page:
    """A customer's page as the server sees it: a cookie and a socket. ``received`` are its messages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._cookies = [c.split(";")[0] for c in httpx.get(f"{url}/chat/{BANK}/").headers.get_list("set-cookie")]
        self.received: asyncio.Queue[str] = asyncio.Queue()

    async def connect(self) -> None:
        """Again is the same session."""
        self._socket = socketio.AsyncClient()
        self._socket.on("new_message", lambda step: self.received.put_nowait(step["output"]))
        await self._socket.connect(
            self._url,
            headers={"Cookie": "; ".join(self._cookies), "Origin": self._url},
            auth={"sessionId": "s-1", "clientType": "webapp", "userEnv": "{}"},
            socketio_path=f"/chat/{BANK}/ws/socket.io",
            transports=["websocket"],
        )
        await self._socket.emit("connection_successful")

    async def press_for_a_person(self) -> None:
        await self._socket.emit("window_message", HUMAN_WANTED)

    async def reads(self, words: str) -> None:
        async with asyncio.timeout(READY_S):
            while words not in await self.received.get():
                pass

    async def lose_connection(self) -> None:
        await self._socket.disconnect()


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
