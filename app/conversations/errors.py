"""What can go wrong with conversations.

ConversationsError
├── ConversationNotFound   none of this id in this institution
├── ConversationErased     its key was destroyed: nobody can read it again
└── SealBroken             a sealed record was changed, or moved to another conversation or institution
"""

from __future__ import annotations

from app.db.errors import RowNotFound


class ConversationsError(Exception):
    """The root of this tree."""


class ConversationNotFound(ConversationsError, RowNotFound):
    """No conversation of this id in this institution."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"there is no conversation {conversation_id!r}; check the id and the institution")


class ConversationErased(ConversationsError):
    """The conversation's key was destroyed."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"conversation {conversation_id!r} was erased; only its entries in the audit log remain")


class SealBroken(ConversationsError):
    """Decryption failed: the record is not what was stored."""

    def __init__(self, record_id: str) -> None:
        super().__init__(f"sealed record {record_id!r} was changed since it was stored; run `candour audit verify`")
