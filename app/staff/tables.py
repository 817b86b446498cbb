"""The tables of staff. Accounts and sessions belong to no institution; memberships do."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.db.columns import UtcDateTime, enum_type
from app.db.repository import ScopedRow
from app.staff.types import Role


class AccountRow(SQLModel, table=True):
    """A local account; the password as an argon2id hash."""

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    username: str = Field(unique=True)
    password_hash: str
    active: bool = True
    demo: bool = False  # its password is public: open in demo mode only
    created_at: datetime = Field(sa_type=UtcDateTime)


class MembershipRow(ScopedRow, table=True):
    """A role an account holds in an institution."""

    __tablename__ = "membership"

    institution_id: str = Field(primary_key=True, foreign_key="institution.id")
    account_id: str = Field(primary_key=True, foreign_key="account.id", index=True)
    role: Role = Field(primary_key=True, sa_type=enum_type(Role))


class StaffSessionRow(SQLModel, table=True):
    """A login that still holds. Only the token's hash is stored."""

    __tablename__ = "staff_session"

    token_sha256: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    csrf_token: str
    expires_at: datetime = Field(sa_type=UtcDateTime)


class LoginAttemptRow(SQLModel, table=True):
    """An attempt to log in that did not succeed (yet), counted by account and by address, both as keyed digests."""

    __tablename__ = "login_attempt"

    id: str = Field(primary_key=True)
    counted_for: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
