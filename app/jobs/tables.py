"""The table of workers."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.columns import UtcDateTime


class WorkerRow(SQLModel, table=True):
    """A worker process. ``place`` names machine, boot and process namespace: where ``pid`` means something."""

    __tablename__ = "worker"

    id: str = Field(primary_key=True)
    place: str
    pid: int
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended: bool = False  # it said so itself; a killed one never does
