"""What the rules say of a reply that a person is about to send to the customer of a conversation."""

from __future__ import annotations

import asyncio

from app.console.access import Member
from app.console.desk import Desk
from app.conversations.types import MessageRole
from app.handover.advice import NOTHING_TO_SAY, UNCHECKED, Advice, Reply, advise
from app.handover.live import LiveRoom
from app.hong_kong import today_in_hong_kong


async def advice_on(desk: Desk, member: Member, conversation_id: str, text: str) -> Advice:
    """What speaks against saying ``text`` there; UNCHECKED in a process that has no rails.

    Raises:
        ConversationNotFound: there is none in this institution. SealBroken: a stored message was changed.
    """
    if not text:
        return NOTHING_TO_SAY
    if desk.answering is None:
        return Advice((UNCHECKED,))
    reply = await asyncio.to_thread(_to_be_said, desk, member, conversation_id, text)
    parts, today = desk.answering.parts, today_in_hong_kong()
    rulebook = await asyncio.to_thread(parts.rulebooks.in_force, member.institution.id, today)
    return await advise(parts.rails, rulebook, reply, today)


def _to_be_said(desk: Desk, member: Member, conversation_id: str, text: str) -> Reply:
    with desk.database.read() as session:
        live = LiveRoom(session, member.institution.id, desk.ledger).open(conversation_id)
    said = [entry.message for entry in live.entries]
    asked = [message.text for message in said if message.role is MessageRole.CUSTOMER]
    given = [message.text for message in said if message.role is not MessageRole.CUSTOMER]
    language = live.handover.language if live.handover else live.conversation.language
    return Reply(member.institution, language, asked[-1] if asked else "", text, given)
