"""What a person writes, and what a person releases, appears in the open chat, without a reload.

The person may do so through another process, so there is nobody to call us: the stored conversation is looked at again
while a person has it, or has an answer of it to look at, and the customer's page is there. Other chats cost nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from anyio.to_thread import run_sync

from app.assistant.ports import ConversationState, Role, TranscriptMessage
from app.chat.looking import Line, look_on
from guardrails.types import Reason

LOOK_EVERY_S = 3.0


class ShowsReplies(Line, Protocol):
    """A page that shows what it is told."""

    async def show(self, message: TranscriptMessage) -> None: ...


@dataclass
class StaffReplies:
    """The replies in one open chat; the first ``shown`` of the conversation stand on the page already."""

    line: ShowsReplies
    shown: int
    pause: Callable[[], Awaitable[None]]

    async def follow(self) -> None:
        """Shows each reply once, in order; ends with the page, the token, or the assistant's taking over again."""
        await look_on(self.line, self._look, self.pause)

    async def _look(self) -> bool:
        """Shows what is new, in the order it was said; whether more may come, by what was known before the look."""
        visit = self.line.visit
        visit.check_time()
        assistant, place = visit.services.assistant, (visit.token.institution, visit.token.conversation)
        state = await run_sync(assistant.conversation_state, *place)
        if state is ConversationState.HUMAN:
            await run_sync(assistant.look_after, *place)
        messages = await run_sync(assistant.transcript, *place)
        for message in [message for message in messages if is_told(message)][self.shown :]:
            await self.line.show(message)
            self.shown += 1
        return state is ConversationState.HUMAN or is_awaited(messages)


def is_told(message: TranscriptMessage) -> bool:
    """Whether the message is no reply to what its customer sent: a person wrote it or decided that it goes out, or it
    tells of people who come and go."""
    told = message.role in (Role.STAFF, Role.NOTICE)
    return told or (message.answer is not None and message.answer.releases is not None)


def is_awaited(messages: Sequence[TranscriptMessage]) -> bool:
    """Whether an answer of the conversation still waits for a person to decide."""
    answers = [message.answer for message in messages if message.answer is not None]
    waiting = [answer for answer in answers if answer.reason is Reason.AWAITING_RELEASE]
    held = {answer.answer_id for answer in waiting if answer.releases is None}  # the others say that it takes longer
    return not held <= {answer.releases for answer in answers if answer not in waiting}
