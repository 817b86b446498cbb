"""One conversation as whoever follows it from outside reads it: what was said, who has it, the place in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from app.conversations.service import ConversationService
from app.conversations.types import ConversationState, Message
from app.evidence.audit import Ledger
from app.handover.line import place_of, waiting_line
from app.handover.repository import HandoverRepository
from app.handover.types import HandoverState


class Held(StrEnum):
    """Who has a conversation. ``closed``: a person has settled it; what is asked next goes to the assistant."""

    ASSISTANT = "assistant"
    QUEUE = "queue"
    LIVE = "live"
    CLOSED = "closed"


@dataclass(frozen=True)
class Standing:
    """Where a conversation stands. ``place`` is the one in the queue, from 1; None: it is in none. ``last_seq`` is the
    number of the last message, 0 before the first."""

    held: Held
    place: int | None
    last_seq: int


@dataclass(frozen=True)
class Following:
    """The conversations of one institution as they are followed, read in one session.

    Raises (all methods):
        ConversationNotFound: there is none in this institution.
    """

    session: Session
    institution_id: str
    ledger: Ledger

    def standing(self, conversation_id: str) -> Standing:
        """Where it stands; needs no key and reads no words."""
        conversations = ConversationService(self.session, self.institution_id, self.ledger)
        state = conversations.get(conversation_id).state
        last_seq = conversations.length(conversation_id)
        latest = HandoverRepository(self.session, self.institution_id).last_of(conversation_id)
        step = None if latest is None else latest.state
        if state is ConversationState.ASSISTANT:
            return Standing(Held.CLOSED if step is HandoverState.CLOSED else Held.ASSISTANT, None, last_seq)
        if step is HandoverState.WITH_PERSON:
            return Standing(Held.LIVE, None, last_seq)
        line = waiting_line(self.session, self.institution_id, self.ledger)
        return Standing(Held.QUEUE, place_of(conversation_id, line), last_seq)

    def said(self, conversation_id: str, after: int) -> tuple[Message, ...]:
        """The messages behind number ``after``, oldest first.

        Raises:
            ConversationErased: its words are gone. SealBroken: a stored message was changed.
        """
        conversations = ConversationService(self.session, self.institution_id, self.ledger)
        return conversations.transcript(conversation_id, after)
