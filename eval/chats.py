"""A customer's chat as a program: the frame's cookie, Chainlit's socket, questions, and when each word arrived."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import socketio

from app.assistant.pace import MOST_A_MINUTE
from eval.known import Known
from knowledge_bases.schema import Language

ANSWER_S = 30.0  # no answer takes as long
OPEN_S = 60.0
READING_S = 60.0 / MOST_A_MINUTE  # from question to question at least: faster ones are turned away unread
# People say the same thing in many ways: so every question that is under way is one of its own.
_ENGLISH = (
    ("", "Hi, ", "Hello, ", "Hi there, ", "Good morning, ", "Good afternoon, ", "Hey, ", "Hello there, "),
    ("", " Thanks", " Thank you", " Thanks a lot", " Cheers", " Many thanks", " Thank you very much", " Thx"),
)
_CHINESE = (
    ("", "你好，", "您好，", "早晨，", "早上好，", "請問，", "Hello，", "你好呀，"),
    ("", " 謝謝", " 多謝", " 謝謝你", " 多謝晒", " 唔該", " 謝謝您", " Thanks"),
)
_LETTERS = re.compile(r"[\W_]+")


@dataclass
class Cycle:
    """One question of a chat and what was shown of its answer, each piece with its moment (monotonic seconds).

    ``said`` are the messages that were whole when they came: answers that nobody read along.
    """

    question: str
    asked_at: float
    pieces: list[tuple[float, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def first_s(self) -> float | None:
        """From the question to the first piece of a growing answer; None where there was none."""
        return self.pieces[0][0] - self.asked_at if self.pieces else None

    def shown_at(self, sentence: str) -> float | None:
        """When the sentence arrived; None where it never did."""
        wanted = letters(sentence)
        return next((at for at, words in self.pieces if wanted in letters(words)), None)


class Chat:
    """One customer's page. ``drops`` counts sockets that ended before ``close``."""

    def __init__(self, url: str, known: Known) -> None:
        self.known, self.drops = known, 0
        self._url, self._path = url, f"/chat/{known.institution}"
        self._socket = socketio.AsyncClient(reconnection=False)
        self._greeted, self._idle = asyncio.Event(), asyncio.Event()
        self._cycles: list[Cycle] = []
        self._closing = False
        for event in ("stream_start", "stream_token", "new_message", "task_end", "disconnect"):
            self._socket.on(event, getattr(self, f"_{event}"))

    async def open(self) -> None:
        """Loads the frame, opens the socket, and waits for the greeting."""
        async with httpx.AsyncClient(timeout=OPEN_S) as http:
            page = await http.get(f"{self._url}{self._path}/?language={self.known.case.language.value}")
        page.raise_for_status()
        cookie = page.headers["set-cookie"].partition(";")[0]
        auth = {"clientType": "webapp", "sessionId": str(uuid4()), "threadId": "", "userEnv": "{}", "chatProfile": ""}
        place = {"socketio_path": f"{self._path}/ws/socket.io", "headers": {"Cookie": cookie, "Origin": self._url}}
        await self._socket.connect(self._url, auth=auth, transports=["websocket"], wait_timeout=OPEN_S, **place)
        await self._socket.emit("connection_successful")
        await asyncio.wait_for(self._greeted.wait(), OPEN_S)

    async def ask(self, question: str) -> None:
        """Asks, and waits until the answer is whole; a chat whose socket is gone says nothing."""
        self._idle.clear()
        self._cycles.append(Cycle(question, time.monotonic()))
        said = {"id": str(uuid4()), "name": "user", "type": "user_message", "output": question, "createdAt": ""}
        await self._socket.emit("client_message", {"message": said, "fileReferences": []})
        await asyncio.wait_for(self._idle.wait(), ANSWER_S)

    def taken(self) -> list[Cycle]:
        """The questions so far, which are forgotten."""
        taken, self._cycles = self._cycles, []
        return taken

    async def close(self) -> None:
        """Leaves."""
        self._closing = True
        await self._socket.disconnect()

    async def _stream_start(self, step: dict[str, Any]) -> None:
        self._note(step["output"])

    async def _stream_token(self, token: dict[str, Any]) -> None:
        self._note(token["token"])

    async def _new_message(self, step: dict[str, Any]) -> None:
        self._greeted.set()
        if self._cycles and step["type"] == "assistant_message" and step["output"]:
            self._cycles[-1].said.append(step["output"])

    async def _task_end(self, *_: object) -> None:
        if self._cycles:
            self._idle.set()

    async def _disconnect(self, *_: object) -> None:
        self.drops += not self._closing
        self._idle.set()

    def _note(self, words: str) -> None:
        if self._cycles:
            self._cycles[-1].pieces.append((time.monotonic(), words))


async def asking_for(chat: Chat, until: float, number: int) -> None:
    """Asks the chat's question over and over until that moment, each time in other words."""
    for turn in count():
        if time.monotonic() >= until or chat.drops:
            return
        again_at = time.monotonic() + READING_S
        try:
            await chat.ask(worded(chat.known, number, turn))
        except TimeoutError:
            chat.drops += 1  # an answer that never comes is no better than a socket that is gone
        await asyncio.sleep(again_at - time.monotonic())


def letters(text: str) -> str:
    """``text`` without blanks and marks, those of Markdown among them."""
    return _LETTERS.sub("", text).lower()


def worded(known: Known, number: int, turn: int) -> str:
    """The question as chat ``number`` asks it in its ``turn``: opened and closed in one of 64 ways."""
    openings, closings = _ENGLISH if known.case.language is Language.EN else _CHINESE
    way = number * 7 + turn
    opening, closing = openings[way % len(openings)], closings[way // len(openings) % len(closings)]
    return f"{opening}{known.case.question}{closing}"
