"""The rows of one institution's removals and sweeps."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col

from app.db.repository import ScopedRepository
from app.removal.tables import RemovalRow, SweepRow


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


class SweepRepository(ScopedRepository[SweepRow]):
    """Sweeps by id and by time."""

    table = SweepRow

    def get(self, sweep_id: str) -> SweepRow:
        """The sweep; ``sweep_id`` is one that was asked for here."""
        return self.session.exec(self.rows().where(SweepRow.id == sweep_id)).one()

    def waiting(self) -> Sequence[SweepRow]:
        """Sweeps that are not done, oldest first."""
        open_ones = self.rows().where(col(SweepRow.done_at).is_(None))
        return self.session.exec(open_ones.order_by(col(SweepRow.asked_at), col(SweepRow.id))).all()

    def last(self) -> SweepRow | None:
        """The last that is done; None before the first."""
        done = self.rows().where(col(SweepRow.done_at).is_not(None))
        return self.session.exec(done.order_by(col(SweepRow.done_at).desc()).limit(1)).first()
