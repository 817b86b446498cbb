"""The tables of review cases."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlmodel import Field

from app.cases.types import CaseState, ProposalState, Trigger
from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from guardrails.types import Severity

_OPEN, _PROPOSED = text("state = 'open'"), text("state = 'proposed'")
_CASE = ["institution_id", "case_id"]
NOT_THE_PROPOSER = "state NOT IN ('approved', 'returned') OR (decided_by IS NOT NULL AND decided_by <> proposed_by)"
A_REJECTION_SAYS_WHY = "approves OR (reason IS NOT NULL AND trim(reason) <> '')"
A_RETURN_SAYS_WHY = "state <> 'returned' OR (comment IS NOT NULL AND trim(comment) <> '')"


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
        CheckConstraint("proposed_by IS NULL OR proposed_by <> by", name="a_second_person_approves"),
        CheckConstraint("approved OR (reason IS NOT NULL AND trim(reason) <> '')", name="a_rejection_has_a_reason"),
    )

    institution_id: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    approved: bool
    reason: str | None = Field(default=None, sa_type=Text)
    proposed_by: str | None = None


class ReleaseProposalRow(ScopedRow, table=True):
    """A proposed release, or closing; see ``types.Proposal``. What a reviewer wrote is sealed under the conversation's
    key; both parts are None where nothing was. A case has at most one that is open."""

    __tablename__ = "release_proposal"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "case_id"], ["review_case.institution_id", "review_case.id"]),
        CheckConstraint(NOT_THE_PROPOSER, name="a_second_person_decides"),
        CheckConstraint(A_RETURN_SAYS_WHY, name="a_return_says_why"),
        CheckConstraint(A_REJECTION_SAYS_WHY, name="a_proposed_rejection_says_why"),
        Index("one_open_proposal", *_CASE, unique=True, sqlite_where=_PROPOSED, postgresql_where=_PROPOSED),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    case_id: str
    approves: bool = True
    nonce: bytes | None = Field(default=None, sa_type=LargeBinary)
    ciphertext: bytes | None = Field(default=None, sa_type=LargeBinary)
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    reason: str | None = Field(default=None, sa_type=Text)
    state: ProposalState = Field(default=ProposalState.PROPOSED, sa_type=enum_type(ProposalState))
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    comment: str | None = Field(default=None, sa_type=Text)
