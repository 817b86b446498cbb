"""Security headers. Every response has them; a page that needs another policy sets its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OWN = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"


def page_policy(sites: Collection[str] = ()) -> str:
    """For pages of ours: nothing inline, no other host; framed by ``sites`` and our own pages, or by nobody."""
    return f"{_OWN}; frame-ancestors {_ancestors(sites)}"


def frame_policy(sites: Collection[str]) -> str:
    """For the chat frame. Chainlit's page writes style elements; scripts stay in files of our own host."""
    return f"{_OWN}; style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-ancestors {_ancestors(sites)}"


def _ancestors(sites: Collection[str]) -> str:
    return " ".join(("'self'", *sites)) if sites else "'none'"


DEFAULTS = {
    "Content-Security-Policy": page_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True)
class SecurityHeaders:
    """ASGI middleware: adds each default header that the response does not set itself."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in DEFAULTS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_guarded)
