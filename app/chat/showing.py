"""One answer as a message of the chat, with its thumbs, or its choices: at once, or growing while a model writes it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from app.answering.pieces import Piece
from app.answering.types import Answer, AnswerStatus
from app.chat.chainlit_home import WebsocketSession, chat_context, cl, is_connected
from app.chat.presence import is_read_elsewhere
from app.chat.render import choices_of, render_answer, render_piece
from app.web.texts import Texts
from guardrails.types import Reason

AUTHOR = "AI"
GROWING = "growing"  # in the session: the message that grows now, or grew last
AWAY_S = 0.5  # a socket that is gone for so long is not about to come back within the sentence

log = structlog.get_logger()


async def show_answer(answer: Answer, institution_id: str, texts: Texts) -> None:
    """Sends the answer to the page of the running session."""
    content = render_answer(answer, institution_id, texts.speaker(answer.language))
    await cl.Message(content, author=AUTHOR, actions=_actions(answer, texts)).send()


@dataclass
class GrowingMessage:
    """A message that grows by what is released: the chat's ``Listener``. A piece once shown stays where it is.

    ``stopped``: its customer pressed stop.
    """

    session: WebsocketSession
    institution_id: str
    texts: Texts
    along: bool = True
    stopped: bool = False
    _message: Any = None
    _away_since: float | None = field(default=None, init=False)

    @property
    def begun(self) -> bool:
        """Whether the customer has been shown something."""
        return self._message is not None

    async def show(self, piece: Piece) -> None:
        """See ``Listener``: a socket that breaks meanwhile loses nothing, for the words are stored."""
        words = render_piece(piece, self.institution_id, self.texts.speaker(piece.language))
        try:
            if self._message is None:
                self._message = cl.Message("", author=AUTHOR)
                chat_context.add(self._message)  # what a page that comes back is sent again
                await self._message.stream_token(words)
            else:
                await self._message.stream_token(f"\n\n{words}")
        except Exception as error:
            log.error("chat.piece.lost", error=type(error).__name__)

    async def gone(self) -> bool:
        """Whether the page has been away for longer than a socket takes to come back, and no other page reads on."""
        if is_connected(self.session) or is_read_elsewhere(self.session):
            self._away_since = None
            return False
        now = time.monotonic()
        self._away_since = self._away_since or now
        return now - self._away_since >= AWAY_S

    async def end(self, answer: Answer) -> None:
        """The whole answer in the place of its pieces, which open it, with its thumbs."""
        self._message.content = render_answer(answer, self.institution_id, self.texts.speaker(answer.language))
        self._message.actions = _actions(answer, self.texts)
        await self._message.update()

    async def stop(self) -> None:
        """Nothing follows what was shown: it went wrong."""
        if self._message is not None:
            await self._message.update()


@dataclass
class PickedUpMessage:
    """A message that shows a growing answer as far as it is stored, and in the end the whole of it."""

    institution_id: str
    texts: Texts
    _message: Any = None

    async def show(self, answer: Answer, *, whole: bool) -> None:
        """``whole``: nothing follows, so its notices and its thumbs belong to it."""
        if self._message is None:
            self._message = cl.Message("", author=AUTHOR)
            chat_context.add(self._message)
        told = answer if whole else replace(answer, notices=())
        self._message.content = render_answer(told, self.institution_id, self.texts.speaker(answer.language))
        if whole:
            self._message.actions = _actions(answer, self.texts)
            await self._message.send()  # in the place of what was sent of it before
            return
        self._message.streaming = True  # marked as one that goes on
        await cl.context.emitter.send_step(self._message.to_dict())


def _actions(answer: Answer, texts: Texts) -> list[Any]:
    """The choices of an answer that asks back; the thumbs of any other, none where nothing was answered yet."""
    choices = [cl.Action("choice", {"text": each.text}, label=each.text) for each in choices_of(answer)]
    return choices or _thumbs(answer, texts)


def _thumbs(answer: Answer, texts: Texts) -> list[Any]:
    if answer.status is AnswerStatus.HANDED_OFF or answer.reason is Reason.AWAITING_RELEASE:
        return []
    t = texts.speaker(answer.language)
    return [
        cl.Action("rate", {"answer": answer.answer_id, "helpful": True}, label=t("helpful"), icon="thumbs-up"),
        cl.Action("rate", {"answer": answer.answer_id, "helpful": False}, label=t("not_helpful"), icon="thumbs-down"),
    ]
