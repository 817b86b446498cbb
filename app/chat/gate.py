"""The only way in to Chainlit: maps ``/chat/<institution>/…`` to it, for requests that carry that institution's token.

Chainlit serves far more than a customer's page needs (logins, uploads, threads, tool servers). Only the paths listed
here reach it; the socket must also name our own origin, for Chainlit itself does not ask.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from app.chat.access import from_own_origin
from app.chat.cookies import token_in
from app.chat.errors import TokenForeign, TokenRejected
from app.chat.visit import VISIT, ChatServices, Visit

SOCKET = "/ws/socket.io"
CHAINLIT_PATHS = (
    "/project/settings",
    "/project/translations",
    "/project/action",
    "/user",
    "/auth/config",
    "/avatars/",
    "/logo",
)


@dataclass(frozen=True)
class ChatGate:
    """ASGI application to mount under /chat, behind the frame's routes. ``assets`` serves Chainlit's page files."""

    services: ChatServices
    chainlit: ASGIApp
    assets: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on, or refuses, one request or socket handshake."""
        connection = HTTPConnection(scope)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        institution, _, rest = path.lstrip("/").partition("/")
        try:
            token = self.services.tokens.verify(token_in(connection.headers, institution), institution)
        except TokenRejected as error:
            return await _refuse(404 if isinstance(error, TokenForeign) else 401, scope, receive, send)
        inner = {**scope, "path": f"/{rest}", "root_path": "", VISIT: Visit(self.services, token)}
        return await self._destination(f"/{rest}", connection)(inner, receive, send)

    def _destination(self, path: str, connection: HTTPConnection) -> ASGIApp:
        if path.startswith("/assets/"):
            return self.assets
        if path == "/set-session-cookie":  # for sticky routing; the customer's own cookie serves for that
            return JSONResponse({})
        if path.startswith(SOCKET):
            return self.chainlit if _may_open_socket(connection) else _forbid
        return self.chainlit if path.startswith(CHAINLIT_PATHS) else _hide


def _may_open_socket(connection: HTTPConnection) -> bool:
    """Browsers always send Origin with a WebSocket and with a post, not with a same-origin get."""
    origin = connection.headers.get("origin")
    if origin is None:
        return bool(connection.scope["type"] == "http")
    return from_own_origin(origin, connection)


async def _forbid(scope: Scope, receive: Receive, send: Send) -> None:
    await _refuse(403, scope, receive, send)


async def _hide(scope: Scope, receive: Receive, send: Send) -> None:
    await _refuse(404, scope, receive, send)


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocket(scope, receive, send).close(code=1008)
    else:
        await JSONResponse({"status": status}, status_code=status)(scope, receive, send)
