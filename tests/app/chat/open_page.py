"""A customer's page as the server sees it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import socketio

from app.chat.handlers import HUMAN_WANTED

BANK = "harbour-bank"
READY_S = 20


class Page:
    """A customer's page as the server sees it: a cookie and a socket.

    ``received`` has a message whenever one is new or changed. ``hears_nothing``: what is sent to it is lost.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = str(uuid4())
        self._cookies = [c.split(";")[0] for c in httpx.get(f"{url}/chat/{BANK}/").headers.get_list("set-cookie")]
        self.received: asyncio.Queue[str] = asyncio.Queue()
        self.hears_nothing = False
        self._shown: dict[str, str] = {}
        self._buttons: list[str] = []

    @property
    def text(self) -> str:
        """All that stands on the page."""
        return "\n\n".join(self._shown.values())

    @property
    def buttons(self) -> int:
        """How many stand under its messages."""
        return len(self._buttons)

    async def connect(self) -> None:
        """Again is the same session."""
        self._socket = socketio.AsyncClient()
        for event, heard in {
            "new_message": self._show,
            "stream_start": self._show,
            "update_message": self._update,
            "stream_token": self._add,
            "action": lambda action: self._buttons.append(action["id"]),
            "remove_action": self._take_away,
        }.items():
            self._socket.on(event, lambda said, heard=heard: None if self.hears_nothing else heard(said))
        await self._socket.connect(
            self._url,
            headers={"Cookie": "; ".join(self._cookies), "Origin": self._url},
            auth={"sessionId": self._session, "clientType": "webapp", "userEnv": "{}"},
            socketio_path=f"/chat/{BANK}/ws/socket.io",
            transports=["websocket"],
        )
        await self._socket.emit("connection_successful")

    async def ask(self, text: str) -> None:
        message = {"id": str(uuid4()), "type": "user_message", "output": text, "name": "user", "createdAt": None}
        await self._socket.emit("client_message", {"message": message, "fileReferences": []})

    async def press_for_a_person(self) -> None:
        await self._socket.emit("window_message", HUMAN_WANTED)

    async def press_stop(self) -> None:
        await self._socket.emit("stop")

    async def reads(self, *words: str) -> None:
        """A message with all of these."""
        async with asyncio.timeout(READY_S):
            message = await self.received.get()
            while not all(each in message for each in words):
                message = await self.received.get()

    def waiting(self) -> list[str]:
        """What came after the message read last."""
        return [self.received.get_nowait() for _ in range(self.received.qsize())]

    async def reload(self) -> None:
        """The same customer in a new session."""
        await self.lose_connection()
        self._session = str(uuid4())
        self._shown, self._buttons = {}, []
        await self.connect()

    async def lose_connection(self) -> None:
        await self._socket.disconnect()

    def _show(self, step: dict[str, Any]) -> None:
        if self._shown.get(step["id"]) != step["output"]:
            self._shown[step["id"]] = step["output"]
            self.received.put_nowait(step["output"])

    def _update(self, step: dict[str, Any]) -> None:
        if step["id"] in self._shown:
            self._show(step)

    def _add(self, token: dict[str, Any]) -> None:
        self._shown[token["id"]] += token["token"]
        self.received.put_nowait(self._shown[token["id"]])

    def _take_away(self, action: dict[str, Any]) -> None:
        self._buttons = [each for each in self._buttons if each != action["id"]]
