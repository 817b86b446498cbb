"""The rows of one institution's batches and their files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, or_, update
from sqlmodel import col, select

from app.batches.tables import BatchFileRow, BatchRow
from app.batches.types import FileStage
from app.db.repository import ScopedRepository


class BatchRepository(ScopedRepository[BatchRow]):
    """Batches by id and by person."""

    table = BatchRow

    def of(self, made_by: str) -> Sequence[BatchRow]:
        """A person's batches that are not confirmed, newest first."""
        own = self.rows().where(BatchRow.made_by == made_by, col(BatchRow.confirmed_at).is_(None))
        return self.session.exec(own.order_by(col(BatchRow.created_at).desc())).all()

    def remove(self, batch_id: str) -> None:
        """The batch with its files' rows."""
        for table in (BatchFileRow, BatchRow):
            named = col(BatchFileRow.batch_id) if table is BatchFileRow else col(BatchRow.id)
            own = col(table.institution_id) == self.institution_id
            self.session.execute(delete(table).where(own, named == batch_id))


class BatchFileRepository(ScopedRepository[BatchFileRow]):
    """Files by batch and by stage."""

    table = BatchFileRow

    def of(self, batch_id: str) -> Sequence[BatchFileRow]:
        """The files of a batch in the order they came."""
        own = self.rows().where(BatchFileRow.batch_id == batch_id)
        return self.session.exec(own.order_by(col(BatchFileRow.place))).all()

    def stored(self) -> Sequence[BatchFileRow]:
        """Every file that was stored, of a batch that is not confirmed: then versions name what was taken in."""
        named = self.rows().where(col(BatchFileRow.sha256).is_not(None))
        still_open = select(BatchRow.id).where(
            col(BatchRow.institution_id) == self.institution_id, col(BatchRow.confirmed_at).is_(None)
        )
        return self.session.exec(named.where(col(BatchFileRow.batch_id).in_(still_open))).all()

    def unread(self, silent_since: datetime) -> BatchFileRow | None:
        """A file that waits, or whose worker has said nothing since ``silent_since``; None: there is none."""
        order = (col(BatchFileRow.batch_id), col(BatchFileRow.place))
        return self.session.exec(self.rows().where(_free(silent_since)).order_by(*order).limit(1)).first()

    def claim(self, row: BatchFileRow, now: datetime, silent_since: datetime) -> bool:
        """Take a file to read it, in one statement: False where another worker was quicker."""
        statement = update(BatchFileRow).where(*self._named(row.batch_id, row.place), _free(silent_since))
        return self._changed(statement.values(stage=FileStage.READING, claimed_at=now))

    def note(self, batch_id: str, place: int, **values: Any) -> bool:
        """Write to a file that is being read; False where it is not any more, or its batch was discarded."""
        statement = update(BatchFileRow).where(*self._named(batch_id, place))
        return self._changed(statement.where(col(BatchFileRow.stage) == FileStage.READING).values(**values))

    def _named(self, batch_id: str, place: int) -> tuple[Any, ...]:
        row = BatchFileRow
        return (col(row.institution_id) == self.institution_id, col(row.batch_id) == batch_id, col(row.place) == place)

    def _changed(self, statement: Any) -> bool:
        done = self.session.execute(statement.execution_options(synchronize_session=False))
        return cast(CursorResult[Any], done).rowcount == 1


def _free(silent_since: datetime) -> Any:
    reading, claimed_at = col(BatchFileRow.stage) == FileStage.READING, col(BatchFileRow.claimed_at)
    return or_(col(BatchFileRow.stage) == FileStage.WAITING, and_(reading, claimed_at < silent_since))
