"""Demo accounts: one a role, for every institution, with passwords anyone can read here.

They work in demo mode only, which only binds to loopback. ``settle_demo_accounts`` runs at every start: a database
that was used for a demo and then for something else has its demo accounts closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from app.evidence.audit import Ledger
from app.settings import Settings, is_loopback
from app.staff.names import DEMO_PREFIX
from app.staff.service import StaffService
from app.staff.tables import AccountRow
from app.staff.types import Role

BY = "demo"  # who the audit log says it was


@dataclass(frozen=True)
class DemoLogin:
    """An account to print and to try."""

    username: str
    password: str
    role: Role


DEMO_LOGINS = tuple(DemoLogin(f"{DEMO_PREFIX}{role.value}", f"candour-{role.value}", role) for role in Role)


def settle_demo_accounts(
    session: Session, ledger: Ledger, settings: Settings, institution_ids: Sequence[str]
) -> tuple[DemoLogin, ...]:
    """Make or open the demo accounts in demo mode and return them; close them otherwise and return none."""
    staff = StaffService(session, ledger)
    if not (settings.demo and is_loopback(settings.host)):
        for account in session.exec(select(AccountRow).where(AccountRow.demo)).all():
            staff.set_active(account.id, active=False, by=BY)
        return ()
    for login in DEMO_LOGINS:
        known = staff.find_account(login.username)
        account_id = known.id if known else staff.create_account(login.username, login.password, by=BY, demo=True)
        staff.set_active(account_id, active=True, by=BY)
        for institution_id in institution_ids:
            staff.grant(account_id, institution_id, login.role, by=BY)
    return DEMO_LOGINS
