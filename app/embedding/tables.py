"""The tables of embedding models and of changes of model."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.db.columns import UtcDateTime
from app.db.repository import ScopedRow


class EmbeddingModelRow(SQLModel, table=True):
    """How a model was asked for when it was last used; its id stands in every index it made."""

    __tablename__ = "embedding_model"

    id: str = Field(primary_key=True)
    choice: dict[str, Any] = Field(sa_type=JSON)
    noted_at: datetime = Field(sa_type=UtcDateTime)


class ReembeddingRow(ScopedRow, table=True):
    """The last change of an institution's model that was asked for; see ``changes.Change``."""

    __tablename__ = "reembedding"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    embedder_id: str
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    done: int = 0
    total: int = 0
    problem: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
