"""The tables of conversations. Words are only ever stored sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.conversations.types import ConversationState, MessageRole, Vote
from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from knowledge_bases.schema import Language

_OWNER = ["institution_id", "conversation_id"]
_CONVERSATION = ["conversation.institution_id", "conversation.id"]


class ConversationRow(ScopedRow, table=True):
    """A conversation; see ``types.Conversation``."""

    __tablename__ = "conversation"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    language: Language = Field(sa_type=enum_type(Language))
    origin: str
    state: ConversationState = Field(sa_type=enum_type(ConversationState))
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)


class MessageRow(ScopedRow, table=True):
    """A sealed message; ``seq`` counts from 1 within its conversation."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("institution_id", "conversation_id", "seq"),
        ForeignKeyConstraint(_OWNER, _CONVERSATION),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    conversation_id: str
    seq: int
    role: MessageRole = Field(sa_type=enum_type(MessageRole))
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    answer_id: str | None = Field(default=None, index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class ConversationKeyRow(ScopedRow, table=True):
    """The wrapped key of a conversation: nonce and ciphertext together; both times and key are None or set in turn."""

    __tablename__ = "conversation_key"
    __table_args__ = (ForeignKeyConstraint(_OWNER, _CONVERSATION),)

    institution_id: str = Field(primary_key=True)
    conversation_id: str = Field(primary_key=True)
    wrapped_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    destroyed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class FeedbackRow(ScopedRow, table=True):
    """The customer's last vote on an answer."""

    __tablename__ = "feedback"
    __table_args__ = (ForeignKeyConstraint(_OWNER, _CONVERSATION),)

    institution_id: str = Field(primary_key=True)
    answer_id: str = Field(primary_key=True)
    conversation_id: str
    vote: Vote = Field(sa_type=enum_type(Vote))
    at: datetime = Field(sa_type=UtcDateTime)
