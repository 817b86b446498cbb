"""Logging in, with a limit on attempts per account and per address.

Opens its own units of work: the attempt is committed before the password is looked at, so that it counts whatever
happens next, and no transaction waits for the slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.db.columns import new_id, now_utc
from app.db.session import Database
from app.evidence.audit import PLATFORM, AuditLog, Happening, Ledger
from app.staff.passwords import password_matches
from app.staff.service import StaffService
from app.staff.tables import AccountRow, LoginAttemptRow
from app.staff.types import LoginRefused, Ticket

WINDOW = timedelta(minutes=15)
MAX_PER_ACCOUNT = 5
MAX_PER_ADDRESS = 20


@dataclass(frozen=True)
class StaffLogin:
    """Checks names and passwords. A session lasts ``session_ttl_s``."""

    database: Database
    ledger: Ledger
    session_ttl_s: int

    def login(self, username: str, password: str, address: str) -> Ticket | LoginRefused:
        """A session, or a refusal that does not tell whether the account exists. ``address`` is the client's."""
        counted = {
            self._digest("account", username): MAX_PER_ACCOUNT,
            self._digest("address", address): MAX_PER_ADDRESS,
        }
        with self.database.write() as session:
            wait_s = _count_attempt(session, counted)
            account = StaffService(session, self.ledger).find_account(username)
        if wait_s > 0:
            return LoginRefused(wait_s)
        usable = account if account is not None and account.active else None
        if not password_matches(usable.password_hash if usable else None, password) or usable is None:
            return self._refuse(usable.id if usable else "unknown")
        return self._open(usable, list(counted)) or self._refuse(usable.id)

    def _open(self, checked: AccountRow, counted: list[str]) -> Ticket | None:
        """Open the session and forget the attempts before it; None where the account was closed, or given another
        password, while this one was looked at."""
        with self.database.write() as session:
            staff = StaffService(session, self.ledger)
            staff.take_turns()
            now = staff.find_account(checked.username)
            if now is None or not now.active or now.password_hash != checked.password_hash:
                return None
            session.execute(delete(LoginAttemptRow).where(col(LoginAttemptRow.counted_for).in_(counted)))
            return staff.open_session(now.id, self.session_ttl_s)

    def _refuse(self, account_id: str) -> LoginRefused:
        with self.database.write() as session:
            AuditLog(session, PLATFORM, self.ledger).append(Happening("login:open:refused", account_id))
        return LoginRefused()

    def _digest(self, kind: str, value: str) -> str:
        """Names and addresses are counted under keyed digests: the table holds nothing that tells who tried."""
        key = self.ledger.master.derive("login-attempts")
        return hmac.new(key, f"{kind}\x1f{value}".encode(), hashlib.sha256).hexdigest()


def _count_attempt(session: Session, limits: dict[str, int]) -> int:
    """Note an attempt; how many seconds to wait instead where a limit is reached (nothing is noted then)."""
    now = now_utc()
    session.execute(delete(LoginAttemptRow).where(col(LoginAttemptRow.at) <= now - WINDOW))
    for counted_for, limit in limits.items():
        own = select(LoginAttemptRow.at).where(LoginAttemptRow.counted_for == counted_for)
        times = session.exec(own.order_by(col(LoginAttemptRow.at))).all()
        if len(times) >= limit:
            return _seconds_until(times[-limit] + WINDOW, now)
    session.add_all(LoginAttemptRow(id=new_id(), counted_for=key, at=now) for key in limits)
    return 0


def _seconds_until(then: datetime, now: datetime) -> int:
    return max(1, math.ceil((then - now).total_seconds()))
