"""The rows of one institution's review cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, or_
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.cases.errors import CaseNotFound
from app.cases.tables import CaseRow, DecisionRow, ReleaseProposalRow
from app.cases.types import (
    ACKNOWLEDGED_WITHIN,
    ALARM_KEY,
    ANSWERED_WITHIN,
    CaseState,
    Filter,
    ProposalState,
    Trigger,
)
from app.db.columns import now_utc
from app.db.repository import ScopedRepository
from guardrails.types import Severity

# Open, approved, rejected: the order of the type, not that of the alphabet.
_PLACES = case({state: place for place, state in enumerate(CaseState)}, value=col(CaseRow.state))


class CaseRepository(ScopedRepository[CaseRow]):
    """Cases by id, by filter and by incident."""

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

    def open_of(self, conversation_id: str) -> Sequence[CaseRow]:
        """The open cases of a conversation, the worst first, then the oldest."""
        open_ = self.rows().where(CaseRow.state == CaseState.OPEN, CaseRow.conversation_id == conversation_id)
        order = (col(CaseRow.severity), col(CaseRow.opened_at), col(CaseRow.id))
        return self.session.exec(open_.order_by(*order)).all()

    def open_alarms(self) -> Sequence[CaseRow]:
        """The open cases that are alarms, oldest first."""
        open_ = self.rows().where(CaseRow.state == CaseState.OPEN, col(CaseRow.incident_key).startswith(ALARM_KEY))
        return self.session.exec(open_.order_by(col(CaseRow.opened_at), col(CaseRow.id))).all()

    def urgent(self) -> frozenset[str]:
        """The conversations with an open case of severity S1; a suspicion, which must not show, is left out."""
        open_ = (CaseRow.institution_id == self.institution_id, CaseRow.state == CaseState.OPEN)
        worst = (CaseRow.severity == Severity.S1, CaseRow.trigger != Trigger.COMPLIANCE)
        return frozenset(self.session.exec(select(CaseRow.conversation_id).where(*open_, *worst)))

    def overdue(self, before: datetime) -> Sequence[CaseRow]:
        """The open cases of answers to release that were opened before ``before`` and are not S1, oldest first."""
        due = self.rows().where(
            CaseRow.trigger == Trigger.RELEASE,
            CaseRow.state == CaseState.OPEN,
            CaseRow.severity != Severity.S1,
            CaseRow.opened_at < before,
        )
        return self.session.exec(due.order_by(col(CaseRow.opened_at), col(CaseRow.id))).all()

    def queue(self, wanted: Filter, limit: int, skip: int) -> Sequence[CaseRow]:
        """At most ``limit`` cases after the first ``skip``: open ones first; of them complaints that are overdue, then
        the worst, then the oldest."""
        order = (
            _PLACES,
            case((_overdue(now_utc()), 0), else_=1),
            col(CaseRow.severity),
            col(CaseRow.opened_at),
            col(CaseRow.id),
        )
        return self.session.exec(self._meeting(wanted).order_by(*order).offset(skip).limit(limit)).all()

    def count(self, wanted: Filter) -> int:
        """How many cases ``wanted`` takes."""
        return self.session.exec(select(func.count()).select_from(self._meeting(wanted).subquery())).one()

    def _meeting(self, wanted: Filter) -> SelectOfScalar[CaseRow]:
        rows = self.rows()
        if wanted.state is not None:
            rows = rows.where(CaseRow.state == wanted.state)
        return rows if wanted.trigger is None else rows.where(CaseRow.trigger == wanted.trigger)


def _overdue(now: datetime) -> ColumnElement[bool]:
    """Of complaints whose day has passed; see ``Case.due_at``."""
    acknowledge = and_(col(CaseRow.incident_key).is_(None), col(CaseRow.opened_at) < now - ACKNOWLEDGED_WITHIN)
    late = or_(acknowledge, col(CaseRow.opened_at) < now - ANSWERED_WITHIN)
    return and_(col(CaseRow.trigger) == Trigger.COMPLAINT, col(CaseRow.state) == CaseState.OPEN, late)


class DecisionRepository(ScopedRepository[DecisionRow]):
    """Decisions by case."""

    table = DecisionRow

    def of(self, case_id: str) -> DecisionRow | None:
        """The decision on a case, or None while it is open."""
        return self.find(DecisionRow.case_id == case_id)


class ProposalRepository(ScopedRepository[ReleaseProposalRow]):
    """Proposed releases by case."""

    table = ReleaseProposalRow

    def open_of(self, case_id: str) -> ReleaseProposalRow | None:
        """The proposal of a case that waits for a second person, or None."""
        return self.find(ReleaseProposalRow.case_id == case_id, ReleaseProposalRow.state == ProposalState.PROPOSED)

    def of(self, case_id: str) -> Sequence[ReleaseProposalRow]:
        """Every proposal of a case, oldest first."""
        own = self.rows().where(ReleaseProposalRow.case_id == case_id)
        return self.session.exec(own.order_by(col(ReleaseProposalRow.proposed_at), col(ReleaseProposalRow.id))).all()

    def waiting(self) -> frozenset[str]:
        """The cases with a proposal that waits for a second person."""
        own = ReleaseProposalRow.institution_id == self.institution_id
        open_ = ReleaseProposalRow.state == ProposalState.PROPOSED
        return frozenset(self.session.exec(select(ReleaseProposalRow.case_id).where(own, open_)))
