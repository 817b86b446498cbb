"""HTTP that reads no more of a reply than it was told to: a broken or hostile server cannot fill the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import httpx


class ReplyTooLong(httpx.TransportError):
    """The server sends more than is read, or packs what it sends."""


class CappedTransport(httpx.AsyncBaseTransport):
    """httpx's own transport, ending each reply with an error after ``most_bytes``. Packed replies are not read.

    ``limits`` are of connections; None: httpx's own. Whoever gives a client its transport gives it no proxy of the
    environment either.
    """

    def __init__(self, most_bytes: int, limits: httpx.Limits | None = None) -> None:
        self._most_bytes = most_bytes
        self._transport = httpx.AsyncHTTPTransport() if limits is None else httpx.AsyncHTTPTransport(limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = await self._transport.handle_async_request(request)
        stream = cast(httpx.AsyncByteStream, response.stream)
        if "content-encoding" in response.headers:
            await stream.aclose()
            raise ReplyTooLong("a packed reply: how long it is shows only when it is too late")
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Capped(stream, self._most_bytes),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._transport.aclose()


class _Capped(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, most_bytes: int) -> None:
        self._stream = stream
        self._left = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self._left -= len(piece)
            if self._left < 0:
                raise ReplyTooLong("the reply is longer than is read")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
