"""The rows of one institution's evidence."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select

from app.db.repository import ScopedRepository
from app.evidence.errors import EvidenceNotFound
from app.evidence.tables import EvidenceRow


class EvidenceRepository(ScopedRepository[EvidenceRow]):
    """Evidence by answer and by conversation."""

    table = EvidenceRow

    def get(self, answer_id: str) -> EvidenceRow:
        """The sealed evidence of an answer.

        Raises:
            EvidenceNotFound: there is none in this institution.
        """
        row = self.find(EvidenceRow.answer_id == answer_id)
        if row is None:
            raise EvidenceNotFound(answer_id)
        return row

    def of(self, conversation_id: str) -> Sequence[EvidenceRow]:
        """The evidence of a conversation's answers, oldest first."""
        own = self.rows().where(EvidenceRow.conversation_id == conversation_id)
        return self.session.exec(own.order_by(col(EvidenceRow.created_at), col(EvidenceRow.answer_id))).all()

    def newest(self, limit: int, after: int) -> Sequence[str]:
        """Ids of answers, newest first, without the first ``after``."""
        own = select(EvidenceRow.answer_id).where(EvidenceRow.institution_id == self.institution_id)
        order = (col(EvidenceRow.created_at).desc(), col(EvidenceRow.answer_id))
        return self.session.exec(own.order_by(*order).offset(after).limit(limit)).all()
