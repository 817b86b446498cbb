"""The rows of one institution's hand-overs and call-back requests."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, func, select

from app.db.repository import ScopedRepository
from app.handover.tables import CallbackRow, HandoverRow
from app.handover.types import OPEN, HandoverState


class HandoverRepository(ScopedRepository[HandoverRow]):
    """Hand-overs by conversation and in the order they were asked for; that of service is ``line``'s."""

    table = HandoverRow

    def open_of(self, conversation_id: str) -> HandoverRow | None:
        """The open hand-over of a conversation, or None."""
        return self.find(HandoverRow.conversation_id == conversation_id, col(HandoverRow.state).in_(OPEN))

    def last_of(self, conversation_id: str) -> HandoverRow | None:
        """The latest hand-over of a conversation, open or over; None where there was none."""
        own = self.rows().where(HandoverRow.conversation_id == conversation_id)
        latest = own.order_by(col(HandoverRow.asked_at).desc(), col(HandoverRow.id)).limit(1)
        return self.session.exec(latest).first()

    def in_state(self, state: HandoverState) -> Sequence[HandoverRow]:
        """Those in a state, the longest asked for first."""
        own = self.rows().where(HandoverRow.state == state)
        return self.session.exec(own.order_by(col(HandoverRow.asked_at), col(HandoverRow.id))).all()


class CallbackRepository(ScopedRepository[CallbackRow]):
    """Call-back requests by case."""

    table = CallbackRow

    def count_of(self, conversation_id: str) -> int:
        """How many requests there are in a conversation, of whatever case."""
        own = (CallbackRow.institution_id == self.institution_id, CallbackRow.conversation_id == conversation_id)
        return self.session.exec(select(func.count()).select_from(CallbackRow).where(*own)).one()

    def of(self, case_id: str) -> Sequence[CallbackRow]:
        """The requests of a case, oldest first."""
        own = self.rows().where(CallbackRow.case_id == case_id)
        return self.session.exec(own.order_by(col(CallbackRow.at), col(CallbackRow.id))).all()
