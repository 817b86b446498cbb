"""``POST /v1/answers`` and ``/v1/search``: the assistant's door for programs. The token fixes the institution."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.answering.language import detect_language
from app.answering.routing import open_passages
from app.answering.types import MAX_QUESTION_CHARACTERS, Answer, Question, passage_json
from app.api.streaming import ReadingAlong, Waiting
from app.assistant.errors import TooManyMessages
from app.chat.access import customer
from app.composition import Platform
from app.hong_kong import end_of_day, today_in_hong_kong
from app.plain_text import STORABLE
from knowledge_bases.schema import Language

router = APIRouter(prefix="/v1", tags=["answers"])

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS), STORABLE
]


class AskBody(BaseModel):
    """A customer's question. Without ``language`` it is told from the words; ``stream`` asks for server-sent events.

    ``as_of``: answered from what is in force on that day; ``known_at``: from what had been published by the end of that
    day in Hong Kong. What is withdrawn now answers neither.
    """

    model_config = ConfigDict(extra="forbid")
    institution: str
    question: Words
    language: Language | None = None
    as_of: date | None = None
    known_at: date | None = None
    stream: bool = False


class SearchBody(BaseModel):
    """Words to look for; ``k`` passages at the most. Without ``language`` it is told from the words."""

    model_config = ConfigDict(extra="forbid")
    institution: str
    query: Words
    language: Language | None = None
    as_of: date | None = None
    known_at: date | None = None
    k: int = Field(8, ge=1, le=50)


@router.post("/answers", response_model=None)
async def answer(request: Request, body: AskBody) -> dict[str, Any] | StreamingResponse:
    """Asks in the token's conversation.

    As events, in reading order: ``lead``, ``sentence`` and ``disclosure`` as they are released, then ``answer`` with
    the whole; that one alone where nothing was answered.
    """
    caller = customer(request, body.institution)
    question = Question(
        body.institution,
        body.question,
        body.language,
        conversation_id=caller.conversation,
        as_of=body.as_of,
        known_at=_moment(body.known_at),
    )
    assistant = _platform(request).assistant
    if not body.stream:
        return _given(await _asked(assistant.ask(question, Waiting(request)))).to_json()
    reading = ReadingAlong()
    asking = asyncio.create_task(_asked(assistant.ask(question, reading)))
    if not await reading.begun(asking):
        _given(await asking)  # what can't be answered is said by the status
    return StreamingResponse(reading.events(asking), media_type="text/event-stream")


@router.post("/search")
async def search(request: Request, body: SearchBody) -> dict[str, Any]:
    """Passages without an answer; nothing is stored. ``withheld`` counts those that a switch or a topic keeps back."""
    customer(request, body.institution)
    platform = _platform(request)
    institution = await asyncio.to_thread(platform.assistant.institution, body.institution)
    language = body.language or detect_language(body.query)
    question = Question(body.institution, body.query, language, known_at=_moment(body.known_at))
    on = body.as_of or today_in_hong_kong()
    found = await asyncio.to_thread(platform.knowledge.retrieve, institution, question, language, on, body.k)
    standing = await asyncio.to_thread(platform.parts.switches.standing, body.institution)  # last: one turned meanwhile
    shown = open_passages(standing, language, found)
    ranked = [replace(passage, rank=rank) for rank, passage in enumerate(shown[: body.k], start=1)]
    return {"passages": [passage_json(p) for p in ranked], "withheld": len(found.passages) - len(shown)}


def _moment(known_at: date | None) -> datetime | None:
    return None if known_at is None else end_of_day(known_at)


async def _asked(answer: Awaitable[Answer | None]) -> Answer | None:
    try:
        return await answer
    except TooManyMessages as error:
        raise HTTPException(429, "Too many messages within a minute; wait, then ask again.") from error


def _given(answer: Answer | None) -> Answer:
    if answer is None:
        raise HTTPException(409, "A person has this conversation; the assistant is silent.")
    return answer


def _platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform
