"""What the pages of changes share: finding a change, and who may do what with it."""

from __future__ import annotations

from collections.abc import Collection

from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.console.access import Member
from app.console.desk import Desk
from app.console.errors import RoleNeeded
from app.console.session import HOME
from app.rules.errors import ChangeNotFound
from app.rules.scopes import may
from app.rules.service import RuleService
from app.rules.types import EVERYBODY, Change
from app.staff.types import Role


def service_of(session: Session, desk: Desk, scope: str) -> RuleService:
    """The changes and rulebooks of a scope."""
    return RuleService(session, scope, desk.ledger, desk.rulebooks)


def find_change(session: Session, desk: Desk, member: Member, change_id: str) -> Change:
    """A change of the member's institution, or one for all of them.

    Raises:
        ChangeNotFound: there is neither.
    """
    try:
        return service_of(session, desk, member.institution.id).change(change_id)
    except ChangeNotFound:
        return service_of(session, desk, EVERYBODY).change(change_id)


def require(session: Session, desk: Desk, member: Member, scope: str, roles: Collection[Role]) -> None:
    """Raise where the member holds none of ``roles`` in ``scope``; what binds all asks for it in every institution.

    Raises:
        RoleNeeded
    """
    if not may(session, desk.ledger, member.identity, scope, roles):
        raise RoleNeeded(roles)


def to_change(member: Member, change_id: str) -> RedirectResponse:
    """On to the page of a change."""
    return RedirectResponse(f"{HOME}/{member.institution.id}/rules/changes/{change_id}", 303)
