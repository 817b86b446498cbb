"""The tables of hand-overs and of call-back requests, whose name, number and time are sealed under the conversation's
key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from app.handover.types import OPEN, HandoverState
from guardrails.types import Reason
from knowledge_bases.schema import Language

_OWNER = ["institution_id", "conversation_id"]
_CONVERSATION = ["conversation.institution_id", "conversation.id"]
_OPEN = text("state IN ('waiting', 'with_person')")


class HandoverRow(ScopedRow, table=True):
    """A hand-over; see ``types.Handover``. A conversation has at most one open one.

    ``waiting_since``: when its customer was put back into the queue; None: they have waited since ``asked_at``, or not
    again. ``offered_at``: when they were offered a call-back; ``told_place``: the place in the queue they read last.
    These only keep the product from saying a thing twice.
    """

    __tablename__ = "handover"
    __table_args__ = (
        ForeignKeyConstraint(_OWNER, _CONVERSATION),
        CheckConstraint("(state = 'waiting') = (taken_by IS NULL)", name="somebody_has_it"),
        CheckConstraint("(state IN ('handed_back', 'closed')) = (ended_at IS NOT NULL)", name="an_end_has_a_time"),
        Index("one_open_handover", *_OWNER, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    conversation_id: str
    language: Language = Field(sa_type=enum_type(Language))
    reason: Reason = Field(sa_type=enum_type(Reason))
    state: HandoverState = Field(sa_type=enum_type(HandoverState), index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    taken_by: str | None = None
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    offered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_place: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person has it, or is waited for."""
        return self.state in OPEN


class CallbackRow(ScopedRow, table=True):
    """A customer's wish to be called back."""

    __tablename__ = "callback"
    __table_args__ = (
        ForeignKeyConstraint(_OWNER, _CONVERSATION),
        ForeignKeyConstraint(["institution_id", "case_id"], ["review_case.institution_id", "review_case.id"]),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    conversation_id: str
    case_id: str = Field(index=True)
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcDateTime)
