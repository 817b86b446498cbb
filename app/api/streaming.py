"""An answer on its way to a program: as server-sent events while a model writes it, or whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from app.answering.pieces import Piece
from app.answering.types import Answer, Sentence, in_reading_order, sentence_json
from app.api.choices import answer_json
from guardrails.types import Disclosure

Asking = asyncio.Task[Answer | None]


@dataclass(frozen=True)
class Waiting:
    """A program that waits for the whole answer, as long as its connection lasts: a ``Listener``."""

    request: Request
    along: bool = False
    stopped: bool = False

    async def show(self, piece: Piece) -> None:
        """Nothing is shown before its end."""

    async def gone(self) -> bool:
        """Whether it hung up."""
        return await self.request.is_disconnected()


@dataclass
class ReadingAlong:
    """A program that reads an answer as events: a ``Listener``."""

    along: bool = True
    stopped: bool = False
    _pieces: asyncio.Queue[Piece] = field(default_factory=asyncio.Queue)
    _shown: int = 0
    _left: bool = False

    async def show(self, piece: Piece) -> None:
        """See ``Listener``."""
        self._shown += 1
        self._pieces.put_nowait(piece)

    async def gone(self) -> bool:
        """Whether it hung up: then the server closes ``events``."""
        return self._left

    async def begun(self, asking: Asking) -> bool:
        """Whether there is something to read: the first piece, or a whole answer. False where ``asking`` failed."""
        first = asyncio.ensure_future(self._pieces.get())
        await asyncio.wait({first, asking}, return_when=asyncio.FIRST_COMPLETED)
        if first.done():
            self._pieces.put_nowait(first.result())
            return True
        first.cancel()
        return asking.exception() is None and asking.result() is not None

    async def events(self, asking: Asking, question: str) -> AsyncIterator[str]:
        """The pieces as they are released, then the answer to ``question`` whole. Who stops reading ends it."""
        try:
            async for piece in self.pieces(asking):
                for event in _told(piece.lead, *_said(piece)):
                    yield event
            answer = await asking
            if answer is not None:
                for event in _whole(answer) if not self._shown else ():
                    yield event
                yield _event("answer", answer_json(answer, question))
        finally:
            self.leave()

    async def pieces(self, asking: Asking) -> AsyncIterator[Piece]:
        """The pieces as they are released, until the question is answered or failed."""
        told = 0
        while told < self._shown or not asking.done():
            coming = asyncio.ensure_future(self._pieces.get())
            await asyncio.wait({coming, asking}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                continue
            told += 1
            yield coming.result()

    def leave(self) -> None:
        """Whoever read stops: what is asked a model is ended."""
        self._left = True


def _whole(answer: Answer) -> Iterable[str]:
    """An answer that nobody read along with, as the events it would have been; none where nothing was answered."""
    if not answer.sentences:
        return ()
    late = answer.disclosures[len(answer.places) :]
    return _told(answer.lead, *in_reading_order(answer.sentences, answer.disclosures, answer.places), *late)


def _said(piece: Piece) -> tuple[Sentence | Disclosure, ...]:
    return (*piece.sentences, *piece.disclosures)


def _told(lead: str, *said: Sentence | Disclosure) -> Iterable[str]:
    if lead:
        yield _event("lead", {"text": lead})
    for each in said:
        if isinstance(each, Sentence):
            yield _event("sentence", sentence_json(each))
        else:
            yield _event("disclosure", {"rule_id": each.rule_id, "text": each.text})


def _event(name: str, value: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"
