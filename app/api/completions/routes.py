"""``POST /v1/chat/completions`` and ``GET /v1/models``, by API key alone."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from app.answering.types import Answer, Question
from app.api.callers import platform_of, with_key
from app.api.completions.body import OWN_NAME, CompletionBody, asked_in
from app.api.completions.errors import CompletionsRoute, Unsupported
from app.api.completions.reply import Told
from app.api.examples import replies_like
from app.api.streaming import ReadingAlong, Waiting
from app.api_keys.types import ApiKey, Scope
from app.assistant.turns import earlier_turns

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"], route_class=CompletionsRoute)
Key = Annotated[ApiKey, Depends(with_key(Scope.CHAT))]


@router.post("/chat/completions", response_model=None, responses=replies_like("asked_back"))
async def complete(request: Request, key: Key, body: CompletionBody) -> dict[str, Any] | StreamingResponse:
    """Answers the last message of the user. `choices[0].message.content` is the released text word for word;
    `.metadata` has answer_id, status, reason, citations, disclosures, findings, confidence and snapshot (streamed: in
    the delta of the last choice). Where it asks back which product is meant (status `clarify`), `.metadata.choices`
    has the names, and for each the text to send as the user's next message. `finish_reason` is `content_filter` for a
    refused or held answer, else `stop`.
    `usage` is always 0: nothing is counted as tokens. Each request stands alone: nothing of the client's history is
    kept but, masked, in the answer's evidence.
    """
    _require_model(key, body.model)
    asked, assistant = asked_in(body), platform_of(request).assistant
    institution = await asyncio.to_thread(assistant.institution, key.institution_id)
    earlier = await earlier_turns(platform_of(request).parts.rails, institution, asked.earlier)
    question = Question(institution.id, asked.question, history=earlier.masked, origin=key.origin)
    told = Told(uuid4().hex, body.model, asked, earlier)
    if not body.stream:
        return told.whole(_given(await assistant.ask(question, Waiting(request))))
    reading = ReadingAlong()
    asking = asyncio.create_task(assistant.ask(question, reading))
    if not await reading.begun(asking):
        _given(await asking)  # what can't be answered is said by the status
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    return StreamingResponse(told.events(reading, asking, with_usage=with_usage), media_type="text/event-stream")


@router.get("/models")
async def models(key: Key) -> dict[str, Any]:
    """The names that this key's assistant goes by."""
    return {"object": "list", "data": [_model(key, name) for name in _names(key)]}


@router.get("/models/{model}")
async def model(key: Key, model: str) -> dict[str, Any]:
    """One of them."""
    _require_model(key, model)
    return _model(key, model)


def _given(answer: Answer | None) -> Answer:
    assert answer is not None  # noqa: S101 -- nobody else can have taken a conversation of its own
    return answer


def _names(key: ApiKey) -> tuple[str, str]:
    return key.institution_id, OWN_NAME


def _require_model(key: ApiKey, name: str) -> None:
    """Another institution's name is as unknown as any. Raises Unsupported."""
    if name not in _names(key):
        message = f"there is no such model here; use {' or '.join(_names(key))}"
        raise Unsupported(message, "model", "model_not_found", status=404)


def _model(key: ApiKey, name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": int(key.at.timestamp()), "owned_by": key.institution_id}
