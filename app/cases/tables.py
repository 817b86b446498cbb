"""The tables of review cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlmodel import Field

from app.cases.types import CaseState, Trigger
from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from guardrails.types import Severity

_OPEN = text("state = 'open'")


class CaseRow(ScopedRow, table=True):
    """A case; see ``types.Case``. An incident has at most one open case."""

    __tablename__ = "review_case"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "conversation_id"], ["conversation.institution_id", "conversation.id"]),
        Index(
            "one_open_case_an_incident",
            "institution_id",
            "incident_key",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    conversation_id: str
    answer_id: str | None = None
    trigger: Trigger = Field(sa_type=enum_type(Trigger))
    severity: Severity = Field(sa_type=enum_type(Severity))
    incident_key: str | None = None
    occurrences: int = 1
    state: CaseState = Field(default=CaseState.OPEN, sa_type=enum_type(CaseState))
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)


class DecisionRow(ScopedRow, table=True):
    """The decision on a case. The reason is staff's own words; for a rejection there always is one."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "case_id"], ["review_case.institution_id", "review_case.id"]),
        CheckConstraint("approved OR (reason IS NOT NULL AND trim(reason) <> '')", name="a_rejection_has_a_reason"),
    )

    institution_id: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    approved: bool
    reason: str | None = Field(default=None, sa_type=Text)
