"""Starts and keeps the look-outs of an open chat, one of each a Chainlit session: for a person's replies, and for
what was being written when the page was opened."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from app.answering.types import Answer
from app.assistant.ports import Role, TranscriptMessage
from app.chat import picking_up
from app.chat.chainlit_home import WebsocketSession, cl, is_connected
from app.chat.picking_up import PickingUp
from app.chat.render import render_said
from app.chat.showing import AUTHOR, PickedUpMessage, show_answer
from app.chat.staff_replies import LOOK_EVERY_S, StaffReplies
from app.chat.visit import Visit, visit_of


@dataclass(frozen=True)
class ChainlitLine:
    """The page behind a session, which outlives its sockets by the session timeout."""

    session: WebsocketSession
    _picked_up: dict[str, PickedUpMessage] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Chainlit forgets a session when nobody came back in time."""
        return WebsocketSession.get_by_id(self.session.id) is not self.session

    @property
    def connected(self) -> bool:
        """A socket that broke takes what is sent to it and loses it."""
        return is_connected(self.session)

    @property
    def visit(self) -> Visit:
        """Of the latest handshake: a new one may bring a younger token."""
        return visit_of(self.session.environ)

    @property
    def asks(self) -> bool:
        """See ``OpenPage``."""
        return bool(cl.user_session.get("asks"))

    async def show(self, message: TranscriptMessage) -> None:
        """As a reload would show it."""
        if message.role is Role.CUSTOMER:
            await cl.Message(message.text, author="user", type="user_message").send()
        elif message.answer is None:
            await cl.Message(render_said(message, self.visit.speaker), author=AUTHOR).send()
        else:
            await show_answer(message.answer, self.visit.token.institution, self.visit.services.texts)

    async def grow(self, answer: Answer, *, whole: bool) -> None:
        """See ``OpenPage``."""
        institution, texts = self.visit.token.institution, self.visit.services.texts
        message = self._picked_up.setdefault(answer.answer_id, PickedUpMessage(institution, texts))
        await message.show(answer, whole=whole)

    def follow_person(self) -> None:
        """See ``OpenPage``."""
        follow_person()


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


def pick_up(visit: Visit, read: int, asked: Iterable[str] = ()) -> None:
    """Shows what is being written in the conversation as it comes; ``read`` and ``asked``: see ``PickingUp``."""
    conversation, under_way = visit.token.conversation, visit.services.under_way
    page = ChainlitLine(cl.context.session)
    pause = partial(asyncio.sleep, picking_up.LOOK_EVERY_S)
    following = PickingUp(page, read, lambda: conversation in under_way, pause, asked=list(asked)).follow()
    cl.user_session.set("picking_up", asyncio.create_task(following))  # else nothing keeps the task
