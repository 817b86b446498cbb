"""Refuses request bodies that are too long before anything of them is kept."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 * 1024  # a question of 2,000 characters is far below it
LARGER = {"/v1/chat/completions": 1024 * 1024}  # clients send the whole conversation with each question
OWN_LIMITS = ("/console",)  # uploads are counted where they are read


class BodyTooLong(Exception):
    """The body outgrew the limit while it was read."""


@dataclass(frozen=True)
class BodyLimit:
    """ASGI middleware: 413 for a body above the limit, told from its length or, without one, while it comes in."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or scope["path"].startswith(OWN_LIMITS):
            return await self.app(scope, receive, send)
        most = LARGER.get(scope["path"], MOST_BYTES)
        declared = Request(scope).headers.get("content-length", "0")
        if not declared.isdigit() or int(declared) > most:
            return await _refusal()(scope, receive, send)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise BodyTooLong
            return message

        try:
            await self.app(scope, counted, send)
        except BodyTooLong:
            await _refusal()(scope, receive, send)


def _refusal() -> JSONResponse:
    value = {"type": "about:blank", "title": "The request is too long", "status": 413}
    return JSONResponse(value, 413, media_type="application/problem+json")
