"""A session of Chainlit's is picked up only in the conversation that opened it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.chat.chainlit_home import sio
from app.chat.sockets import EVENTS, guard_sockets, resuming_own_only
from app.chat.tokens import CustomerToken
from app.chat.visit import VISIT, ChatServices, Visit
from knowledge_bases.schema import Language

SITE = "https://www.harbourbank.example"


@dataclass
class Session:
    """The part of a Chainlit session that the guard looks at."""

    environ: dict[str, Any]


async def accept(sid: str, environ: dict[str, Any], auth: dict[str, Any]) -> bool:
    return True


def handshake(services: ChatServices, institution: str, conversation: str) -> dict[str, Any]:
    token = CustomerToken(institution, SITE, conversation, Language.EN, 0)
    return {"asgi.scope": {VISIT: Visit(services, token)}}


async def test_a_new_session_is_opened(services: ChatServices) -> None:
    connect = resuming_own_only(accept, lambda session_id: None)
    assert await connect("1", handshake(services, "harbour-bank", "c-1"), {"sessionId": "s"})


async def test_one_s_own_session_is_resumed(services: ChatServices) -> None:
    mine = Session(handshake(services, "harbour-bank", "c-1"))
    connect = resuming_own_only(accept, lambda session_id: mine)
    assert await connect("1", handshake(services, "harbour-bank", "c-1"), {"sessionId": "s"})


async def test_somebody_else_s_session_is_not(services: ChatServices) -> None:
    theirs = Session(handshake(services, "harbour-bank", "c-1"))
    connect = resuming_own_only(accept, lambda session_id: theirs)
    assert not await connect("1", handshake(services, "harbour-bank", "c-2"), {"sessionId": "s"})
    assert not await connect("1", handshake(services, "lantern-insurance", "c-1"), {"sessionId": "s"})


def test_the_socket_answers_no_event_a_customer_does_not_need() -> None:
    guard_sockets()
    assert set(sio.handlers["/"]) == EVENTS
