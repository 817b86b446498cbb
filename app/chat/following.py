"""Starts and keeps the look-out for a person's replies, one a Chainlit session."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from app.assistant.ports import TranscriptMessage
from app.chat.chainlit_home import WebsocketSession, cl, sio
from app.chat.render import render_said
from app.chat.showing import AUTHOR, show_answer
from app.chat.staff_replies import LOOK_EVERY_S, StaffReplies
from app.chat.visit import Visit, visit_of


@dataclass(frozen=True)
class ChainlitLine:
    """The page behind a session, which outlives its sockets by the session timeout."""

    session: WebsocketSession

    @property
    def gone(self) -> bool:
        """Chainlit forgets a session when nobody came back in time."""
        return WebsocketSession.get_by_id(self.session.id) is not self.session

    @property
    def connected(self) -> bool:
        """A socket that broke takes what is sent to it and loses it."""
        return bool(sio.manager.is_connected(self.session.socket_id, "/"))

    @property
    def visit(self) -> Visit:
        """Of the latest handshake: a new one may bring a younger token."""
        return visit_of(self.session.environ)

    async def show(self, message: TranscriptMessage) -> None:
        """As a reload would show it."""
        if message.answer is None:
            await cl.Message(render_said(message, self.visit.speaker), author=AUTHOR).send()
        else:
            await show_answer(message.answer, self.visit.token.institution, self.visit.services.texts)


def stand_at(shown: int) -> StaffReplies:
    """Notes how many replies the page shows already."""
    replies = StaffReplies(ChainlitLine(cl.context.session), shown, partial(asyncio.sleep, LOOK_EVERY_S))
    cl.user_session.set("replies", replies)
    return replies


def follow_person() -> None:
    """Looks out for replies from now on; where that is done already, nothing changes."""
    running = cl.user_session.get("following")
    if running is None or running.done():
        replies = cl.user_session.get("replies") or stand_at(0)  # nothing is shown yet where opening the chat failed
        cl.user_session.set("following", asyncio.create_task(replies.follow()))
