"""A customer's page as the server sees it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import socketio

from app.chat.handlers import HUMAN_WANTED

BANK = "harbour-bank"
READY_S = 20


class Page:
    """A customer's page as the server sees it: a cookie and a socket. ``received`` are its messages."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = str(uuid4())
        self._cookies = [c.split(";")[0] for c in httpx.get(f"{url}/chat/{BANK}/").headers.get_list("set-cookie")]
        self.received: asyncio.Queue[str] = asyncio.Queue()

    async def connect(self) -> None:
        """Again is the same session."""
        self._socket = socketio.AsyncClient()
        self._socket.on("new_message", lambda step: self.received.put_nowait(step["output"]))
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
        await self.connect()

    async def lose_connection(self) -> None:
        await self._socket.disconnect()
