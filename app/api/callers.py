"""Who asks: an institution's program with an API key, or a customer with the token of their chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.answering.types import DIRECT
from app.api_keys.door import KeyDoor
from app.api_keys.errors import KeyMissing
from app.api_keys.types import PREFIX, ApiKey, Scope
from app.chat.access import customer
from app.chat.cookies import token_in
from app.composition import Platform
from app.conversations.errors import ConversationNotFound
from app.conversations.service import ConversationService
from app.foundation import Foundation

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="API key",
    description="An institution's API key (`ck_…`, made with `candour keys add` or in the console), "
    "or the token that the chat's page sets as a cookie.",
)
Sent = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


@dataclass(frozen=True)
class Caller:
    """Who asks. ``conversation`` None: the answer opens one of its own, whose origin is ``origin``."""

    conversation: str | None
    origin: str = DIRECT


def admitted(scope: Scope) -> Callable[..., AsyncIterator[ApiKey | None]]:
    """A dependency: the API key of the request, which counts against its limits until the response has gone out; None
    where it carries none.

    Raises:
        KeyUnknown, KeyOver, ScopeMissing, LimitReached.
    """

    async def key_of(request: Request, sent: Sent) -> AsyncIterator[ApiKey | None]:
        if sent is None or not sent.credentials.startswith(PREFIX):
            yield None
            return
        async with _inside(door_of(request), sent.credentials, scope) as key:
            yield key

    return key_of


def with_key(scope: Scope) -> Callable[..., AsyncIterator[ApiKey]]:
    """As ``admitted``, for what only keys open.

    Raises:
        KeyMissing: the request carries none.
    """

    async def key_of(request: Request, sent: Sent) -> AsyncIterator[ApiKey]:
        if sent is None:
            raise KeyMissing
        async with _inside(door_of(request), sent.credentials, scope) as key:
            yield key

    return key_of


def following(scope: Scope) -> Callable[..., AsyncIterator[ApiKey]]:
    """As ``with_key``, for a request that may wait for long and then does nothing: it has places of its own.

    Raises:
        KeyMissing: the request carries none.
    """

    async def key_of(request: Request, sent: Sent) -> AsyncIterator[ApiKey]:
        if sent is None:
            raise KeyMissing
        door = door_of(request)
        key = await asyncio.to_thread(door.read, sent.credentials, scope)
        with door.following(key):
            await asyncio.to_thread(door.count, key)
            yield key

    return key_of


def caller_of(request: Request, key: ApiKey | None, institution: str, conversation: str | None = None) -> Caller:
    """Whose question to ``institution`` this is; ``conversation`` is the one that a key's request names.

    Raises:
        KeyMissing: neither a key nor a token was sent. HTTPException: 404 for another institution, 401 for a token
            that is not good, 422 for one that names a conversation: it has its own. ConversationNotFound: the key did
            not open it.
    """
    if key is None:
        if conversation is not None:
            raise HTTPException(422, "conversation: the chat's token fixes it; leave it out, or send an API key.")
        if token_in(request.headers, institution) is None:
            raise KeyMissing
        return Caller(customer(request, institution).conversation)
    require_institution(key, institution)
    if conversation is not None:
        require_own(request.app.state.platform.foundation, key, conversation)
    return Caller(conversation, key.origin)


def require_institution(key: ApiKey, institution: str) -> None:
    """A key of another institution finds nothing.

    Raises:
        HTTPException: 404.
    """
    if institution != key.institution_id:
        raise HTTPException(404, "Not found")


def door_of(request: Request) -> KeyDoor:
    """The door of the process."""
    return cast(KeyDoor, request.app.state.key_door)


def platform_of(request: Request) -> Platform:
    """What answers here."""
    return cast(Platform, request.app.state.platform)


@asynccontextmanager
async def _inside(door: KeyDoor, sent: str, scope: Scope) -> AsyncIterator[ApiKey]:
    key = await asyncio.to_thread(door.read, sent, scope)
    with door.inside(key):
        await asyncio.to_thread(door.count, key)
        yield key


def require_own(foundation: Foundation, key: ApiKey, conversation_id: str) -> None:
    """A conversation that another key, or a chat, opened is not found.

    Raises:
        ConversationNotFound.
    """
    with foundation.database.read() as session:
        service = ConversationService(session, key.institution_id, foundation.ledger)
        if service.get(conversation_id).origin != key.origin:
            raise ConversationNotFound(conversation_id)
