"""The table of institutions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from app.db.columns import UtcDateTime


class InstitutionRow(SQLModel, table=True):
    """An institution and the pointer to its published snapshot; ``generation`` counts the pointer's moves."""

    __tablename__ = "institution"

    id: str = Field(primary_key=True)
    config: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    snapshot_id: str | None = None
    generation: int = 0
