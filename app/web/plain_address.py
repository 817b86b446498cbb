"""Refuses addresses that name nothing: no document, case or filter holds a NUL, which PostgreSQL can't look for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class PlainAddress:
    """ASGI middleware: 404 for an address with a NUL in its path or its query."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or not _holds_nul(scope):
            return await self.app(scope, receive, send)
        value = {"type": "about:blank", "title": "There is no such address", "status": 404}
        await JSONResponse(value, 404, media_type="application/problem+json")(scope, receive, send)


def _holds_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"\0" in unquote_to_bytes(scope.get("query_string", b""))
