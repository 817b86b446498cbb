"""A page that was opened while an answer is written: the answer goes on in it, whichever process writes it.

Each piece is in the database before it is shown anywhere, so the page is shown what is stored, and nothing else: the
conversation is looked at again until the answer is whole. Chats in which nothing is written cost nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from anyio.to_thread import run_sync

from app.answering.types import Answer
from app.assistant.ports import ConversationState, Role, TranscriptMessage
from app.chat.looking import look_on
from app.chat.staff_replies import ShowsReplies, is_awaited, is_told

LOOK_EVERY_S = 0.5
MOST_LOOKS = 400  # longer than it takes until an answer whose process was killed is closed


def still_unheard(
    unheard: Sequence[TranscriptMessage], transcript: Sequence[TranscriptMessage]
) -> tuple[TranscriptMessage, ...]:
    """Those of the questions that were not heard by the time the transcript was read, after them."""
    return tuple(
        question
        for question in unheard
        if not any(m.role is Role.CUSTOMER and m.text == question.text and m.at >= question.at for m in transcript)
    )


class OpenPage(ShowsReplies, Protocol):
    """A customer's page, and what it has been shown of answers that grow."""

    @property
    def asks(self) -> bool:
        """Whether its customer has asked something in it: the answers to that come to it by themselves."""
        ...

    async def grow(self, answer: Answer, *, whole: bool) -> None:
        """Shows the answer in one message, which is the same each time; ``whole``: nothing follows."""
        ...

    def follow_person(self) -> None:
        """Looks out for a person's replies as well."""
        ...


@dataclass
class PickingUp:
    """What was under way in a conversation when its page was opened.

    The page shows the first ``read`` messages already, and the questions ``asked`` that are no messages yet.
    ``under_way`` says whether this process answers a question of the conversation.
    """

    page: OpenPage
    read: int
    under_way: Callable[[], bool]
    pause: Callable[[], Awaitable[None]]
    looks: int = MOST_LOOKS
    asked: list[str] = field(default_factory=list)
    _growing: dict[str, Answer] = field(default_factory=dict)

    async def follow(self) -> None:
        """Shows what is released until nothing is under way any more; ends with the page, the token, or all looks."""
        await look_on(self.page, self._look, self.pause, self.looks)

    async def _look(self) -> bool:
        """Shows what is new; whether more may come, by what was known before the look."""
        visit = self.page.visit
        visit.check_time()
        assistant, place = visit.services.assistant, (visit.token.institution, visit.token.conversation)
        under_way = self.under_way()
        state = await run_sync(assistant.conversation_state, *place)
        unheard = await run_sync(assistant.unheard, *place)
        unfinished = await run_sync(assistant.unfinished, *place)
        messages = await run_sync(assistant.transcript, *place)
        await self._show_new(messages)
        await self._show_growing(unfinished, {m.answer.answer_id for m in messages if m.answer is not None})
        if state is ConversationState.HUMAN or is_awaited(messages):
            self.page.follow_person()
        return under_way or bool(unheard) or bool(self._growing)

    async def _show_new(self, messages: Sequence[TranscriptMessage]) -> None:
        for message in messages[self.read :]:
            self.read += 1
            answer = message.answer
            if answer is not None and self._growing.pop(answer.answer_id, None) is not None:
                await self.page.grow(answer, whole=True)
            elif message.role is Role.CUSTOMER and message.text in self.asked:
                self.asked.remove(message.text)
            elif not self.page.asks and not is_told(message) and message.role in (Role.CUSTOMER, Role.ASSISTANT):
                await self.page.show(message)

    async def _show_growing(self, unfinished: Sequence[Answer], closed: set[str]) -> None:
        for answer in unfinished:
            known = self._growing.get(answer.answer_id)
            ours = known is not None or not self.page.asks
            if ours and answer.answer_id not in closed and answer != known:
                self._growing[answer.answer_id] = answer
                await self.page.grow(answer, whole=False)
