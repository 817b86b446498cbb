"""``/v1/conversations``: a program opens one, and reads what was said in it, also by the people who answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict

from app.answering.types import Answer
from app.api.callers import following, platform_of, require_institution, require_own, with_key
from app.api.examples import replies_like
from app.api_keys.types import ApiKey, Scope
from app.conversations.types import ConversationState, Message, MessageRole
from app.foundation import Foundation
from app.handover.following import Following, Held, Standing
from app.plain_text import STORABLE
from knowledge_bases.schema import Language

LONGEST_WAIT_S = 25  # below what most proxies cut off at
LOOK_EVERY_S = 1.0

router = APIRouter(prefix="/v1/conversations", tags=["answers"])
Opener = Annotated[ApiKey, Depends(with_key(Scope.ANSWERS))]
Follower = Annotated[ApiKey, Depends(following(Scope.ANSWERS))]
T = TypeVar("T")


class ConversationBody(BaseModel):
    """A conversation to be opened; ``language`` is its customer's, and each question may be in another."""

    model_config = ConfigDict(extra="forbid")
    institution: Annotated[str, STORABLE]
    language: Language = Language.EN


class MessageKind(StrEnum):
    """Who speaks: a notice is the product's own words, of people who come and go, and of the place in the queue."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    PERSON = "person"
    NOTICE = "notice"


_KINDS: Mapping[MessageRole, MessageKind] = MappingProxyType(
    {
        MessageRole.CUSTOMER: MessageKind.CUSTOMER,
        MessageRole.ASSISTANT: MessageKind.ASSISTANT,
        MessageRole.STAFF: MessageKind.PERSON,
        MessageRole.NOTICE: MessageKind.NOTICE,
    }
)


class SaidView(BaseModel):
    """A message. ``role`` is the kind as chat clients know it; ``text`` what its customer read, or wrote, masked.

    ``answer`` is the assistant's as ``POST /v1/answers`` gave it; where ``releases`` is set in it, it came in place of
    that answer, which was held.
    """

    seq: int
    kind: MessageKind
    role: Literal["user", "assistant"]
    at: datetime
    text: str
    answer: dict[str, Any] | None

    @classmethod
    def of(cls, message: Message) -> SaidView:
        """As it is stored."""
        kind = _KINDS[message.role]
        answer = Answer.from_json(json.loads(message.text)) if kind is MessageKind.ASSISTANT else None
        return cls(
            seq=message.seq,
            kind=kind,
            role="user" if kind is MessageKind.CUSTOMER else "assistant",
            at=message.at,
            text=message.text if answer is None else answer.text,
            answer=None if answer is None else answer.to_json(),
        )


class ConversationView(BaseModel):
    """A conversation as it stands. ``state``: who has it; ``place``: the one in the queue, from 1, null outside it.

    ``messages`` are those behind ``after``, oldest first; ``last_seq`` is what to send as ``after`` next.
    """

    conversation: str
    state: Held
    place: int | None
    last_seq: int
    messages: tuple[SaidView, ...]


@router.post("", status_code=201)
async def open_conversation(request: Request, key: Opener, body: ConversationBody) -> dict[str, str]:
    """Opens a conversation that this API key alone can go on with."""
    require_institution(key, body.institution)
    assistant = platform_of(request).assistant
    opened = await asyncio.to_thread(assistant.open_conversation, body.institution, body.language, key.origin)
    return {"conversation": opened}


@router.get("/{conversation}", responses=replies_like("conversation"))
async def follow(
    request: Request,
    key: Follower,
    conversation: Annotated[str, STORABLE],
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S)] = 0,
) -> ConversationView:
    """What was said behind number `after` in a conversation that this key opened, and who has it now.

    `wait`: seconds, 25 at the most, to wait for something new where there is nothing yet: a message, or another state
    or place. Ask again with `after` set to `last_seq`.
    """
    platform = platform_of(request)
    await asyncio.to_thread(require_own, platform.foundation, key, conversation)
    known, until = None, time.monotonic() + wait
    while True:
        await asyncio.to_thread(_look_after, request, key, conversation)
        standing = await asyncio.to_thread(_read, platform.foundation, key, lambda rows: rows.standing(conversation))
        known = known or standing
        if standing.last_seq > after or standing != known or time.monotonic() >= until:
            break
        if await request.is_disconnected():
            break
        await asyncio.sleep(min(LOOK_EVERY_S, max(0.0, until - time.monotonic())))
    return await asyncio.to_thread(_read, platform.foundation, key, lambda rows: _view(rows, conversation, after))


def _look_after(request: Request, key: ApiKey, conversation: str) -> None:
    """As an open chat has it done: whoever waits long is told of the call-back, and of another place."""
    assistant = platform_of(request).assistant
    if assistant.conversation_state(key.institution_id, conversation) is ConversationState.HUMAN:
        assistant.look_after(key.institution_id, conversation)


def _view(rows: Following, conversation: str, after: int) -> ConversationView:
    standing: Standing = rows.standing(conversation)
    said = tuple(SaidView.of(message) for message in rows.said(conversation, after))
    return ConversationView(
        conversation=conversation,
        state=standing.held,
        place=standing.place,
        last_seq=said[-1].seq if said else standing.last_seq,
        messages=said,
    )


def _read(foundation: Foundation, key: ApiKey, look: Callable[[Following], T]) -> T:
    with foundation.database.read() as session:
        return look(Following(session, key.institution_id, foundation.ledger))
