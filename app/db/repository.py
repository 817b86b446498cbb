"""The base of every repository that holds rows of institutions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Generic, TypeVar

from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.expression import SelectOfScalar

from app.db.errors import ForeignRow, MissingInstitution


class ScopedRow(SQLModel):
    """A row that belongs to an institution."""

    institution_id: str


_BATCH = 500  # rows held at a time while streaming

RowT = TypeVar("RowT", bound=ScopedRow)


class ScopedRepository(Generic[RowT]):
    """Rows of one institution. A row of another one is simply not found, whatever its key.

    Raises:
        MissingInstitution: ``institution_id`` is None or blank.
    """

    table: ClassVar[type[Any]]

    def __init__(self, session: Session, institution_id: str) -> None:
        if not institution_id or not institution_id.strip():
            raise MissingInstitution(type(self).__name__)
        self.session = session
        self.institution_id = institution_id

    def add(self, row: RowT) -> RowT:
        """Store a new row and send it to the database, so that a broken constraint shows here.

        Raises:
            ForeignRow: the row names another institution.
        """
        self._require_own(row)
        self.session.add(row)
        self.session.flush()
        return row

    def put(self, row: RowT) -> RowT:
        """Store a new or changed row along with the next rows that are sent to the database.

        What a unit of work puts goes there in few statements; a broken constraint shows at its end, at the latest.

        Raises:
            ForeignRow: the row names another institution.
        """
        self._require_own(row)
        self.session.add(row)
        return row

    def save(self, row: RowT) -> None:
        """Send the changes of a row found here to the database.

        Raises:
            ForeignRow: the row names another institution.
        """
        self._require_own(row)
        self.session.add(row)
        self.session.flush()

    def rows(self) -> SelectOfScalar[RowT]:
        """The statement every query of a repository starts from; freshly read, not from the session's memory."""
        own = self.table.institution_id == self.institution_id
        return select(self.table).where(own).execution_options(populate_existing=True)

    def stream(self) -> Iterator[RowT]:
        """Every row of this institution, in no order, a few at a time."""
        yield from self.session.exec(self.rows().execution_options(yield_per=_BATCH))

    def find(self, *conditions: Any) -> RowT | None:
        """The one row of this institution that meets ``conditions``, or None."""
        return self.session.exec(self.rows().where(*conditions)).one_or_none()

    def _require_own(self, row: RowT) -> None:
        if row.institution_id != self.institution_id:
            raise ForeignRow(type(self).__name__, self.institution_id)
