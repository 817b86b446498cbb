"""The rows of one institution's batches and their files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, or_, update
from sqlmodel import Session, col, select

from app.batches.tables import BatchFileRow, BatchRow
from app.batches.types import Claim, FileStage
from app.db.repository import ScopedRepository


@dataclass(frozen=True)
class Gone:
    """Which workers are taken for gone: all but the ``living``, and those that said nothing since ``silent_since``."""

    living: Collection[str]
    silent_since: datetime

    def left(self) -> Any:
        """Whether a file is anybody's to read: it waits, or whoever read it is gone."""
        row = BatchFileRow
        silent, orphaned = col(row.claimed_at) < self.silent_since, col(row.claimed_by).not_in(self.living)
        reading = col(row.stage) == FileStage.READING
        return or_(col(row.stage) == FileStage.WAITING, and_(reading, or_(silent, orphaned)))


class BatchRepository(ScopedRepository[BatchRow]):
    """Batches by id and by person."""

    table = BatchRow

    def of(self, made_by: str) -> Sequence[BatchRow]:
        """A person's batches that are not confirmed, newest first."""
        own = self.rows().where(BatchRow.made_by == made_by, col(BatchRow.confirmed_at).is_(None))
        return self.session.exec(own.order_by(col(BatchRow.created_at).desc())).all()

    def turn(self, batch: BatchRow, revision: int) -> bool:
        """Count a writing on top of ``revision``, in one statement: False where it is not the newest, or confirmed."""
        row = BatchRow
        own = (col(row.institution_id) == self.institution_id, col(row.id) == batch.id)
        still = (col(row.revision) == revision, col(row.confirmed_at).is_(None))
        turned = changed_one(self.session, update(row).where(*own, *still).values(revision=revision + 1))
        self.session.refresh(batch)
        return turned

    def open_since_before(self, moment: datetime) -> Sequence[BatchRow]:
        """Batches of anybody that came at ``moment`` or earlier and are not confirmed, oldest first."""
        waiting = self.rows().where(col(BatchRow.created_at) <= moment, col(BatchRow.confirmed_at).is_(None))
        return self.session.exec(waiting.order_by(col(BatchRow.created_at), col(BatchRow.id))).all()

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

    def parse_of(self, sha256: str, name: str) -> str | None:
        """The address of a parse that was made of a file under this name; None where none was kept."""
        same = self.rows().where(BatchFileRow.sha256 == sha256, BatchFileRow.name == name)
        kept = same.where(col(BatchFileRow.parse_sha256).is_not(None)).order_by(col(BatchFileRow.claimed_at).desc())
        row = self.session.exec(kept.limit(1)).first()
        return None if row is None else row.parse_sha256

    def unread(self, gone: Gone) -> BatchFileRow | None:
        """A file that waits, or whose worker is gone; None: there is none."""
        order = (col(BatchFileRow.batch_id), col(BatchFileRow.place))
        return self.session.exec(self.rows().where(gone.left()).order_by(*order).limit(1)).first()

    def claim(self, row: BatchFileRow, by: str, now: datetime, gone: Gone) -> bool:
        """Take a file to read it, in one statement: False where another worker was quicker."""
        statement = update(BatchFileRow).where(*self._named(row.batch_id, row.place), gone.left())
        return changed_one(self.session, statement.values(stage=FileStage.READING, claimed_by=by, claimed_at=now))

    def note(self, claim: Claim, **values: Any) -> bool:
        """Write to a file that is being read; False where it is another worker's by now, or its batch is gone."""
        row = BatchFileRow
        own = (col(row.stage) == FileStage.READING, col(row.claimed_by) == claim.by)
        statement = update(row).where(*self._named(claim.batch_id, claim.place), *own)
        return changed_one(self.session, statement.values(**values))

    def _named(self, batch_id: str, place: int) -> tuple[Any, ...]:
        row = BatchFileRow
        return (col(row.institution_id) == self.institution_id, col(row.batch_id) == batch_id, col(row.place) == place)


def changed_one(session: Session, statement: Any) -> bool:
    """Run an update; whether it found its row."""
    done = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount == 1
