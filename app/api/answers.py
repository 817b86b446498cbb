"""``POST /v1/answers`` and ``/v1/search``: the assistant's door for programs.

An API key or a customer's token fixes the institution.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.answering.language import detect_language
from app.answering.routing import open_passages
from app.answering.types import MAX_QUESTION_CHARACTERS, Answer, Question, passage_json
from app.api.callers import admitted, caller_of, platform_of
from app.api.choices import answer_json
from app.api.streaming import ReadingAlong, Waiting
from app.api_keys.types import ApiKey, Scope
from app.assistant.errors import TooManyMessages
from app.hong_kong import end_of_day, today_in_hong_kong
from app.plain_text import STORABLE
from knowledge_bases.schema import Language

_SILENT = (
    "A person has this conversation; the assistant is silent. What was sent is kept for them; "
    "GET /v1/conversations/{conversation} has what they reply."
)

router = APIRouter(prefix="/v1", tags=["answers"])

Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS), STORABLE
]
Name = Annotated[str, STORABLE]
Asker = Annotated[ApiKey | None, Depends(admitted(Scope.ANSWERS))]
Searcher = Annotated[ApiKey | None, Depends(admitted(Scope.SEARCH))]


class AskBody(BaseModel):
    """A customer's question. Without ``language`` it is told from the words; ``stream`` asks for server-sent events.

    ``conversation``: one that this API key opened; earlier questions are those that it stored. Without it the answer
    stands alone, in a conversation of its own. A chat's token has its conversation and names none.

    ``as_of``: answered from what is in force on that day; ``known_at``: from what had been published by the end of that
    day in Hong Kong. What is withdrawn now answers neither.
    """

    model_config = ConfigDict(extra="forbid")
    institution: Name
    question: Words
    conversation: Name | None = None
    language: Language | None = None
    as_of: date | None = None
    known_at: date | None = None
    stream: bool = False


class SearchBody(BaseModel):
    """Words to look for; ``k`` passages at the most. Without ``language`` it is told from the words."""

    model_config = ConfigDict(extra="forbid")
    institution: Name
    query: Words
    language: Language | None = None
    as_of: date | None = None
    known_at: date | None = None
    k: int = Field(8, ge=1, le=50)


@router.post("/answers", response_model=None)
async def answer(request: Request, key: Asker, body: AskBody) -> dict[str, Any] | StreamingResponse:
    """Asks in the conversation of the token, or in the one named with an API key.

    As events, in reading order: ``lead``, ``sentence`` and ``disclosure`` as they are released, then ``answer`` with
    the whole; that one alone where nothing was answered. Where it asks back which product is meant (`clarify`),
    `choices` has the names, and for each the text to send.
    """
    caller = await asyncio.to_thread(caller_of, request, key, body.institution, body.conversation)
    question = Question(
        body.institution,
        body.question,
        body.language,
        conversation_id=caller.conversation,
        as_of=body.as_of,
        known_at=_moment(body.known_at),
        origin=caller.origin,
    )
    assistant = platform_of(request).assistant
    if not body.stream:
        return answer_json(_given(await _asked(assistant.ask(question, Waiting(request)))), body.question)
    reading = ReadingAlong()
    asking = asyncio.create_task(_asked(assistant.ask(question, reading)))
    if not await reading.begun(asking):
        _given(await asking)  # what can't be answered is said by the status
    return StreamingResponse(reading.events(asking, body.question), media_type="text/event-stream")


@router.post("/search")
async def search(request: Request, key: Searcher, body: SearchBody) -> dict[str, Any]:
    """Passages without an answer; nothing is stored. ``withheld`` counts those that a switch or a topic keeps back."""
    caller_of(request, key, body.institution)
    platform = platform_of(request)
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
        raise HTTPException(409, _SILENT)
    return answer
