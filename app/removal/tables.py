"""The tables of receipts and of sweeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from app.removal.types import Cause


class RemovalRow(ScopedRow, table=True):
    """A removal: written before the first file goes, so that a kill half-way is taken up again; see ``Receipt``."""

    __tablename__ = "removal"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    cause: Cause = Field(sa_type=enum_type(Cause))
    document_id: str | None = None
    version: str | None = None
    by: str
    removed: list[dict[str, Any]] = Field(sa_type=JSON)
    kept: list[dict[str, Any]] = Field(sa_type=JSON)
    snapshot_before: str | None = None
    snapshot_after: str | None = None
    begun_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SweepRow(ScopedRow, table=True):
    """A sweep somebody asked for; ``done_at`` and ``found`` are None until it is over. See ``sweeps.Sweep``."""

    __tablename__ = "sweep"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    found: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
