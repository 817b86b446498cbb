"""The rows of one institution's review cases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col

from app.cases.errors import CaseNotFound
from app.cases.tables import CaseRow, DecisionRow
from app.cases.types import CaseState
from app.db.repository import ScopedRepository


class CaseRepository(ScopedRepository[CaseRow]):
    """Cases by id, by state and by incident."""

    table = CaseRow

    def get(self, case_id: str) -> CaseRow:
        """The case.

        Raises:
            CaseNotFound: there is none in this institution.
        """
        row = self.find(CaseRow.id == case_id)
        if row is None:
            raise CaseNotFound(case_id)
        return row

    def open_incident(self, incident_key: str) -> CaseRow | None:
        """The open case of an incident, or None."""
        return self.find(CaseRow.incident_key == incident_key, CaseRow.state == CaseState.OPEN)

    def queue(self, state: CaseState, limit: int) -> Sequence[CaseRow]:
        """Cases in a state: the worst first, then the oldest."""
        order = (col(CaseRow.severity), col(CaseRow.opened_at), col(CaseRow.id))
        return self.session.exec(self.rows().where(CaseRow.state == state).order_by(*order).limit(limit)).all()


class DecisionRepository(ScopedRepository[DecisionRow]):
    """Decisions by case."""

    table = DecisionRow

    def of(self, case_id: str) -> DecisionRow | None:
        """The decision on a case, or None while it is open."""
        return self.find(DecisionRow.case_id == case_id)
