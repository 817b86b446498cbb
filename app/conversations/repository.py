"""The rows of one institution's conversations."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from sqlalchemy import func
from sqlmodel import col, select

from app.conversations.errors import ConversationNotFound
from app.conversations.tables import ConversationRow, FeedbackRow, MessageRow
from app.db.repository import ScopedRepository
from app.db.session import kept


class ConversationRepository(ScopedRepository[ConversationRow]):
    """Conversations by id and by time."""

    table = ConversationRow

    def get(self, conversation_id: str) -> ConversationRow:
        """The conversation.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        row = self.find(ConversationRow.id == conversation_id)
        if row is None:
            raise ConversationNotFound(conversation_id)
        return row

    def lock(self, conversation_id: str) -> ConversationRow:
        """As ``get``, locked until the transaction ends: two messages never get the same number. It is read once.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        name = f"conversation:{self.institution_id}:{conversation_id}"
        return kept(self.session, name, lambda: self._locked(conversation_id))

    def _locked(self, conversation_id: str) -> ConversationRow:
        own = self.rows().where(ConversationRow.id == conversation_id).with_for_update()
        row = self.session.exec(own).one_or_none()
        if row is None:
            raise ConversationNotFound(conversation_id)
        return row

    def recent(self, limit: int) -> Sequence[ConversationRow]:
        """The conversations last spoken in, newest first."""
        newest = col(ConversationRow.last_at).desc()
        return self.session.exec(self.rows().order_by(newest, col(ConversationRow.id)).limit(limit)).all()


class MessageRepository(ScopedRepository[MessageRow]):
    """Messages in order."""

    table = MessageRow

    def of(self, conversation_id: str, after: int = 0) -> Sequence[MessageRow]:
        """Every message of a conversation behind number ``after``, oldest first."""
        own = self.rows().where(MessageRow.conversation_id == conversation_id, MessageRow.seq > after)
        return self.session.exec(own.order_by(col(MessageRow.seq))).all()

    def last_seq(self, conversation_id: str) -> int:
        """The number of the last message; 0 before the first."""
        own = (
            MessageRow.institution_id == self.institution_id,
            MessageRow.conversation_id == conversation_id,
        )
        return self.session.exec(select(func.coalesce(func.max(MessageRow.seq), 0)).where(*own)).one()

    def next_seq(self, conversation_id: str) -> int:
        """The number of the next message; nobody else gives one, as the conversation is locked."""
        name = f"message_seq:{self.institution_id}:{conversation_id}"
        with self.session.no_autoflush:  # what this transaction has yet to send bears numbers from here, too
            return next(kept(self.session, name, lambda: count(self.last_seq(conversation_id) + 1)))

    def require_answer(self, conversation_id: str, answer_id: str) -> None:
        """Check that an answer was given in a conversation.

        Raises:
            ConversationNotFound: it was not.
        """
        given = (MessageRow.conversation_id == conversation_id, MessageRow.answer_id == answer_id)
        if self.session.exec(self.rows().where(*given).limit(1)).first() is None:
            raise ConversationNotFound(conversation_id)


class FeedbackRepository(ScopedRepository[FeedbackRow]):
    """Votes by answer."""

    table = FeedbackRow

    def of(self, conversation_id: str) -> Sequence[FeedbackRow]:
        """The votes of a conversation, in no order."""
        return self.session.exec(self.rows().where(FeedbackRow.conversation_id == conversation_id)).all()
