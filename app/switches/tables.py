"""The tables of switches and of topics. That two people lift or change something is held by the database, too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text, text
from sqlmodel import Field

from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from app.switches.types import Kind

_ON = text("lifted_at IS NULL")
_WAITS = text("decided_at IS NULL")


class SwitchRow(ScopedRow, table=True):
    """A switch that was turned on; see ``types.Setting``. ``institution_id`` may be ``EVERYWHERE``: no foreign key."""

    __tablename__ = "kill_switch"
    __table_args__ = (
        CheckConstraint("trim(reason) <> ''", name="a_switch_has_a_reason"),
        CheckConstraint("(kind IN ('topic', 'language')) = (subject <> '')", name="a_topic_or_language_is_named"),
        CheckConstraint(
            "lifted_by IS NULL OR (lift_by IS NOT NULL AND lift_by <> lifted_by AND lifted_at IS NOT NULL)",
            name="two_people_lift",
        ),
        CheckConstraint("lifted_at IS NULL OR lifted_by IS NOT NULL", name="who_lifted"),
        Index(
            "one_switch_is_on",
            "institution_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=_ON,
            postgresql_where=_ON,
        ),
    )

    institution_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: Kind = Field(sa_type=enum_type(Kind))
    subject: str = ""
    reason: str = Field(sa_type=Text)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    lift_by: str | None = None
    lift_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lift_reason: str | None = Field(default=None, sa_type=Text)
    lifted_by: str | None = None
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TopicChangeRow(ScopedRow, table=True):
    """A topic as proposed and decided; see ``types.TopicChange``. The last one approved is in force."""

    __tablename__ = "topic_change"
    __table_args__ = (
        CheckConstraint("trim(reason) <> ''", name="a_change_has_a_reason"),
        CheckConstraint("decided_by IS NULL OR decided_by <> by", name="two_people_change"),
        CheckConstraint(
            "(decided_by IS NULL) = (approved IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="a_decision_is_whole",
        ),
        Index(
            "one_change_waits",
            "institution_id",
            "topic",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
    )

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    topic: str
    content: dict[str, Any] = Field(sa_type=JSON)
    reason: str = Field(sa_type=Text)
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved: bool | None = None
