"""The table of call-back requests. Name, number and time are stored sealed under the conversation's key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary
from sqlmodel import Field

from app.db.columns import UtcDateTime
from app.db.repository import ScopedRow


class CallbackRow(ScopedRow, table=True):
    """A customer's wish to be called back."""

    __tablename__ = "callback"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]),
        ForeignKeyConstraint(["institution_id", "case_id"], ["review_case.institution_id", "review_case.id"]),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    conversation_id: str
    case_id: str = Field(index=True)
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    at: datetime = Field(sa_type=UtcDateTime)
