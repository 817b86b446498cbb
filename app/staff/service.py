"""Staff accounts, what they are in which institution, and the sessions that still hold."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.db.columns import new_id, now_utc
from app.evidence.audit import PLATFORM, AuditLog, Happening, Ledger
from app.plain_text import unseen
from app.staff.errors import AccountExists, AccountNotFound
from app.staff.names import check_username
from app.staff.passwords import hash_password
from app.staff.tables import AccountRow, MembershipRow, StaffSessionRow
from app.staff.types import Account, Identity, Role, Ticket


class StaffService:
    """Accounts and sessions, within one unit of work. Not scoped: a person may work for several institutions.

    Every change says who made it (``by``): an account's id, or the name that somebody without one goes by.
    """

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger

    def create_account(self, username: str, password: str, *, by: str, demo: bool = False) -> str:
        """A new account's id.

        Raises:
            AccountExists, NameRefused: as ``check_new``. WeakPassword, NameAsPassword: the password is no good.
        """
        self.take_turns()
        self.check_new(username, demo=demo)
        hashed = hash_password(password, username)
        row = AccountRow(id=new_id(), username=username, password_hash=hashed, demo=demo, created_at=now_utc())
        self._session.add(row)
        self._session.flush()
        self._audit(PLATFORM, "account:create:done", row.id, by)
        return row.id

    def check_new(self, username: str, *, demo: bool = False) -> None:
        """Whether a new account may have this name.

        Raises:
            AccountExists: the name is taken. NameRefused: it can't be a user name.
        """
        if self.find_account(username) is not None:
            raise AccountExists(username)
        check_username(username, demo=demo)

    def find_account(self, username: str) -> AccountRow | None:
        """The account of this name, or None."""
        if unseen(username):
            return None
        return self._session.exec(select(AccountRow).where(AccountRow.username == username)).one_or_none()

    def account(self, username: str) -> Account:
        """The account of this name as a plain value.

        Raises:
            AccountNotFound: no such account.
        """
        row = self.find_account(username)
        if row is None:
            raise AccountNotFound(username)
        return _account(row, self._memberships(row.id))

    def accounts(self) -> tuple[Account, ...]:
        """All accounts, by name."""
        rows = self._session.exec(select(AccountRow).order_by(col(AccountRow.username))).all()
        held: dict[str, list[MembershipRow]] = {}
        for membership in self._session.exec(select(MembershipRow)):
            held.setdefault(membership.account_id, []).append(membership)
        return tuple(_account(row, _by_institution(held.get(row.id, ()))) for row in rows)

    def names(self, account_ids: Collection[str]) -> dict[str, str]:
        """User names by account; ids that are no account ("cli") are left out."""
        known = select(AccountRow).where(col(AccountRow.id).in_(account_ids))
        return {row.id: row.username for row in self._session.exec(known)}

    def holding(self, institution_id: str, roles: Collection[Role]) -> dict[str, str]:
        """User names, by account, of everybody who may log in and holds one of ``roles`` there."""
        held = (MembershipRow.institution_id == institution_id, col(MembershipRow.role).in_(roles))
        own = select(MembershipRow.account_id).where(*held)
        known = select(AccountRow).where(col(AccountRow.id).in_(own), col(AccountRow.active))
        return {row.id: row.username for row in self._session.exec(known.order_by(col(AccountRow.username)))}

    def set_active(self, account_id: str, active: bool, *, by: str) -> None:
        """Close an account and end its sessions, or open it again.

        Raises:
            AccountNotFound: no such account.
        """
        row = self._locked(account_id)
        if row.active is active:
            return
        row.active = active
        self._end_sessions(account_id)
        self._audit(PLATFORM, "account:open:done" if active else "account:close:done", account_id, by)

    def set_password(self, account_id: str, password: str, *, by: str) -> None:
        """Give an account another password and end its sessions: whoever knew the old one is out.

        Raises:
            AccountNotFound: no such account. WeakPassword, NameAsPassword: the password is no good.
        """
        row = self._locked(account_id)
        row.password_hash = hash_password(password, row.username)
        self._end_sessions(account_id)
        self._audit(PLATFORM, "password:change:done", account_id, by)

    def grant(self, account_id: str, institution_id: str, role: Role, *, by: str) -> None:
        """Give an account a role in an institution; again changes nothing."""
        if self._membership(account_id, institution_id, role) is None:
            self._session.add(MembershipRow(institution_id=institution_id, account_id=account_id, role=role))
            self._session.flush()
            self._audit(institution_id, f"role:grant:{role.value}", account_id, by)

    def revoke(self, account_id: str, institution_id: str, role: Role, *, by: str) -> None:
        """Take a role away; nothing happens where it was not held."""
        row = self._membership(account_id, institution_id, role)
        if row is not None:
            self._session.delete(row)
            self._audit(institution_id, f"role:revoke:{role.value}", account_id, by)

    def open_session(self, account_id: str, ttl_s: int) -> Ticket:
        """A new session for an account whose password was checked; sessions that ran out are cleared."""
        now = now_utc()
        self._session.execute(delete(StaffSessionRow).where(col(StaffSessionRow.expires_at) <= now))
        ticket = Ticket(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), account_id, now + timedelta(seconds=ttl_s)
        )
        row = StaffSessionRow(
            token_sha256=_hashed(ticket.token),
            account_id=account_id,
            csrf_token=ticket.csrf_token,
            expires_at=ticket.expires_at,
        )
        self._session.add(row)
        self._audit(PLATFORM, "login:open:done", account_id)
        return ticket

    def identify(self, token: str) -> Identity | None:
        """Who holds this session token; None where the session ran out, was ended, or never was."""
        row = self._session.get(StaffSessionRow, _hashed(token))
        if row is None or row.expires_at <= now_utc():
            return None
        account = self._session.get(AccountRow, row.account_id)
        if account is None or not account.active:
            return None
        return Identity(account.id, account.username, self._memberships(account.id), row.csrf_token)

    def logout(self, token: str) -> None:
        """End a session; nothing happens where there is none."""
        row = self._session.get(StaffSessionRow, _hashed(token))
        if row is not None:
            self._session.delete(row)
            self._audit(PLATFORM, "login:close:done", row.account_id)

    def take_turns(self) -> None:
        """Let nobody else change accounts, or log in, until this unit of work ends."""
        AuditLog(self._session, PLATFORM, self._ledger).lock()

    def _locked(self, account_id: str) -> AccountRow:
        self.take_turns()
        row = self._session.get(AccountRow, account_id, populate_existing=True)
        if row is None:
            raise AccountNotFound(account_id)
        return row

    def _end_sessions(self, account_id: str) -> None:
        self._session.execute(delete(StaffSessionRow).where(col(StaffSessionRow.account_id) == account_id))

    def _membership(self, account_id: str, institution_id: str, role: Role) -> MembershipRow | None:
        return self._session.get(MembershipRow, (institution_id, account_id, role))

    def _memberships(self, account_id: str) -> MappingProxyType[str, frozenset[Role]]:
        own = select(MembershipRow).where(MembershipRow.account_id == account_id)
        return _by_institution(self._session.exec(own))

    def _audit(self, institution_id: str, action: str, account_id: str, by: str | None = None) -> None:
        fields = {} if by is None else {"by": by}  # a login and a logout are the account's own
        AuditLog(self._session, institution_id, self._ledger).append(Happening(action, account_id, fields))


def _account(row: AccountRow, memberships: MappingProxyType[str, frozenset[Role]]) -> Account:
    return Account(row.id, row.username, row.active, row.demo, row.created_at, memberships)


def _by_institution(rows: Iterable[MembershipRow]) -> MappingProxyType[str, frozenset[Role]]:
    held: dict[str, frozenset[Role]] = {}
    for row in rows:
        held[row.institution_id] = held.get(row.institution_id, frozenset()) | {row.role}
    return MappingProxyType(held)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
