"""A Chainlit session can be picked up again by whoever names its id; here only by the customer who opened it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from app.chat.chainlit_home import WebsocketSession, sio, user_sessions
from app.chat.errors import TokenForeign
from app.chat.presence import show_what_was_lost
from app.chat.showing import GROWING
from app.chat.visit import visit_of

# what a customer's page needs; uploads, edits, audio, favourites and settings are not answered at all
EVENTS = {
    "connect",
    "connection_successful",
    "disconnect",
    "clear_session",
    "client_message",
    "window_message",
    "stop",
}

Connect = Callable[[str, dict[str, Any], dict[str, Any]], Awaitable[bool]]
Connected = Callable[[str], Awaitable[None]]


@cache
def guard_sockets() -> None:
    """Takes Chainlit's other events away and puts the check in front of its connect; once for the process."""
    handlers = sio.handlers["/"]
    for event in set(handlers) - EVENTS:
        del handlers[event]
    handlers["connect"] = resuming_own_only(handlers["connect"], WebsocketSession.get_by_id)
    handlers["connection_successful"] = catching_up(handlers["connection_successful"], WebsocketSession.require)
    handlers["stop"] = stop  # Chainlit's own would say so in English, and leave an answer without its end


async def stop(sid: str) -> None:
    """The customer wants no more of the answer that is being written: it ends where it is, and says so."""
    session = WebsocketSession.get(sid)
    growing = session and user_sessions.get(session.id, {}).get(GROWING)
    if growing:
        growing.stopped = True


def resuming_own_only(connect: Connect, find_session: Callable[[str], Any]) -> Connect:
    """Chainlit's ``connect``, for a new session or one of the same conversation; False refuses the connection."""

    async def guarded(sid: str, environ: dict[str, Any], auth: dict[str, Any]) -> bool:
        session = find_session(auth["sessionId"])
        if session is not None:
            try:
                visit_of(session.environ).check_same_conversation(visit_of(environ))
            except TokenForeign:
                return False
        return await connect(sid, environ, auth)

    return guarded


def catching_up(connected: Connected, session_of: Callable[[str], Any]) -> Connected:
    """Chainlit's ``connection_successful``, which sends a page that was there before what it may have missed."""

    async def caught_up(sid: str) -> None:
        await connected(sid)
        if session_of(sid).restored:
            await show_what_was_lost()

    return caught_up
