"""The rows of one institution's removals."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col

from app.db.repository import ScopedRepository
from app.removal.tables import RemovalRow


class RemovalRepository(ScopedRepository[RemovalRow]):
    """Removals by id and by time."""

    table = RemovalRow

    def get(self, removal_id: str) -> RemovalRow:
        """The removal; ``removal_id`` is one that was begun here."""
        return self.session.exec(self.rows().where(RemovalRow.id == removal_id)).one()

    def list_all(self) -> Sequence[RemovalRow]:
        """Every removal, newest first."""
        newest = col(RemovalRow.begun_at).desc()
        return self.session.exec(self.rows().order_by(newest, col(RemovalRow.id))).all()

    def interrupted(self) -> Sequence[RemovalRow]:
        """Removals that were begun and not finished, oldest first."""
        begun = self.rows().where(col(RemovalRow.done_at).is_(None))
        return self.session.exec(begun.order_by(col(RemovalRow.begun_at), col(RemovalRow.id))).all()
