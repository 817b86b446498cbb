"""``POST /v1/answers`` and ``/v1/search``: the assistant's door for programs. The token fixes the institution."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.answering.language import detect_language
from app.answering.routing import open_passages
from app.answering.types import MAX_QUESTION_CHARACTERS, Answer, Question, passage_json
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
    """Asks in the token's conversation. As events: a ``sentence`` each, then ``answer`` with the whole."""
    caller = customer(request, body.institution)
    question = Question(
        body.institution,
        body.question,
        body.language,
        conversation_id=caller.conversation,
        as_of=body.as_of,
        known_at=_moment(body.known_at),
    )
    try:
        given = await _platform(request).assistant.ask(question)
    except TooManyMessages as error:
        raise HTTPException(429, "Too many messages within a minute; wait, then ask again.") from error
    if given is None:
        raise HTTPException(409, "A person has this conversation; the assistant is silent.")
    if body.stream:
        return StreamingResponse(_events(given), media_type="text/event-stream")
    return given.to_json()


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


async def _events(answer: Answer) -> AsyncIterator[str]:
    """What is streamed was verified and recorded as a whole before its first event."""
    value = answer.to_json()
    for sentence in value["sentences"]:
        yield _event("sentence", sentence)
    yield _event("answer", value)


def _event(name: str, value: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


def _platform(request: Request) -> Platform:
    platform: Platform = request.app.state.platform
    return platform
