"""The tables of batches and their files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Text
from sqlmodel import Field

from app.batches.types import FileStage
from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow


class BatchRow(ScopedRow, table=True):
    """See ``types.Batch``. ``revision`` counts how often its table was written."""

    __tablename__ = "batch"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    made_by: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class BatchFileRow(ScopedRow, table=True):
    """See ``types.BatchFile``. ``claimed_by`` is the worker that reads it, ``claimed_at`` when it last said so.

    ``parse_sha256``: the parse that the reading was made from.
    """

    __tablename__ = "batch_file"
    __table_args__ = (
        ForeignKeyConstraint(["institution_id", "batch_id"], ["batch.institution_id", "batch.id"], ondelete="CASCADE"),
    )

    institution_id: str = Field(primary_key=True)
    batch_id: str = Field(primary_key=True)
    place: int = Field(primary_key=True)
    name: str
    size_bytes: int
    sha256: str | None = None
    stage: FileStage = Field(sa_type=enum_type(FileStage), index=True)
    done: int = 0
    total: int = 0
    error: str | None = Field(default=None, sa_type=Text)
    claimed_by: str | None = None
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    parse_sha256: str | None = None
    reading: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    fields: dict[str, str] | None = Field(default=None, sa_type=JSON)
    left_out: bool = False
    document_id: str | None = None
    version: str | None = None
