"""The tables of the rulebook: what was ever in force, which versions were approved, and which changes were proposed.

``institution_id`` is the scope: an institution, or ``types.EVERYBODY`` for what binds all of them.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from app.rules.types import Cause, ChangeState

A_SECOND_PERSON = "approved_by <> proposed_by"
NOT_THE_MAKER = "state NOT IN ('approved', 'returned') OR (decided_by IS NOT NULL AND decided_by <> proposed_by)"
A_RETURN_SAYS_WHY = "state <> 'returned' OR (comment IS NOT NULL AND trim(comment) <> '')"


class RulebookContentRow(SQLModel, table=True):
    """A rulebook by its hash: canonical JSON, never changed. ``shipped``: it came with the program."""

    __tablename__ = "rulebook_content"

    version: str = Field(primary_key=True)
    content: str = Field(sa_type=Text)
    shipped: bool
    noted_at: datetime = Field(sa_type=UtcDateTime)


class RulebookVersionRow(ScopedRow, table=True):
    """An approved rulebook of a scope; see ``types.ApprovedVersion``. Rows are added, never changed."""

    __tablename__ = "rulebook_version"
    __table_args__ = (CheckConstraint(A_SECOND_PERSON, name="a_second_person_approves"),)

    institution_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    version: str = Field(foreign_key="rulebook_content.version")
    parent: str
    below: str
    change_id: str
    reason: str = Field(sa_type=Text)
    proposed_by: str
    approved_by: str
    approved_at: datetime = Field(sa_type=UtcDateTime)
    effective_from: date


class RuleChangeRow(ScopedRow, table=True):
    """A proposed change; see ``types.Change``. ``changes`` is canonical JSON."""

    __tablename__ = "rule_change"
    __table_args__ = (
        CheckConstraint(NOT_THE_MAKER, name="a_second_person_decides"),
        CheckConstraint(A_RETURN_SAYS_WHY, name="a_return_says_why"),
        Index("ix_rule_change_state", "institution_id", "state"),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    parent: str
    cause: Cause = Field(sa_type=enum_type(Cause))
    changes: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    effective_from: date | None = None
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    state: ChangeState = Field(default=ChangeState.PROPOSED, sa_type=enum_type(ChangeState))
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    comment: str | None = Field(default=None, sa_type=Text)
