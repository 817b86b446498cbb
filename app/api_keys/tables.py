"""The tables of API keys. The key itself is stored nowhere, only its keyed digest."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint
from sqlmodel import Field

from app.db.columns import UtcDateTime
from app.db.repository import ScopedRow


class ApiKeyRow(ScopedRow, table=True):
    """A key; see ``types.ApiKey``. ``digest`` is keyed, in hex."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("trim(name) <> ''", name="a_key_has_a_name"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="who_revoked"),
    )

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    id: str = Field(primary_key=True)
    digest: str
    name: str
    scopes: list[str] = Field(sa_type=JSON)
    a_minute: int
    at_once: int
    a_day: int
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = None


class ApiKeyUseRow(ScopedRow, table=True):
    """How much a key has asked in the minute and on the day (Hong Kong's) of its last request."""

    __tablename__ = "api_key_use"
    __table_args__ = (ForeignKeyConstraint(["institution_id", "key_id"], ["api_key.institution_id", "api_key.id"]),)

    institution_id: str = Field(primary_key=True)
    key_id: str = Field(primary_key=True)
    minute: datetime | None = Field(default=None, sa_type=UtcDateTime)
    in_minute: int = 0
    day: date | None = None
    in_day: int = 0
