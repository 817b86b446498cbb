"""Hand-overs as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from guardrails.types import Reason
from knowledge_bases.schema import Language

MAX_REPLY_CHARACTERS = 2000  # as long as a customer's message may be


class HandoverState(StrEnum):
    """Where a hand-over stands. The last two are its end: asked again, there is another one."""

    WAITING = "waiting"
    WITH_PERSON = "with_person"
    HANDED_BACK = "handed_back"
    CLOSED = "closed"


OPEN = (HandoverState.WAITING, HandoverState.WITH_PERSON)
NEXT: Mapping[HandoverState, frozenset[HandoverState]] = MappingProxyType(
    {
        HandoverState.WAITING: frozenset({HandoverState.WITH_PERSON}),
        HandoverState.WITH_PERSON: frozenset(
            {HandoverState.WAITING, HandoverState.HANDED_BACK, HandoverState.CLOSED},
        ),
        HandoverState.HANDED_BACK: frozenset(),
        HandoverState.CLOSED: frozenset(),
    }
)


NAMED = (
    Reason.HUMAN_WANTED,
    Reason.FRAUD,
    Reason.DISTRESS,
    Reason.VULNERABLE,
    Reason.COMPLAINT,
    Reason.ABUSE,
    Reason.STAFF_ONLY,
    Reason.TOPIC_STAFF,
)
OTHER = "other"


@dataclass(frozen=True)
class Handover:
    """One time that a conversation was given to people. ``language`` is what its customer is spoken to in.

    ``reason`` is what it was handed over for. ``taken_by`` is the account of whoever has it, or had it last.
    """

    id: str
    conversation_id: str
    language: Language
    reason: Reason
    state: HandoverState
    asked_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    ended_at: datetime | None

    @property
    def why(self) -> str:
        """The reason where staff have a word for it, else "other": an institution's own flow may have any."""
        return self.reason.value if self.reason in NAMED else OTHER

    @property
    def is_open(self) -> bool:
        """Whether a person has it, or is waited for."""
        return self.state in OPEN


@dataclass(frozen=True)
class CallBackRequest:
    """What a customer leaves to be called back: personal, sealed when stored, never shown by ``repr``."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    preferred_time: str = field(repr=False)
