"""Who may propose and who may decide, in one institution or for all of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from app.evidence.audit import Ledger
from app.institutions.service import InstitutionService
from app.rules.types import EVERYBODY
from app.staff.types import Identity, Role

PROPOSERS = (Role.MAKER, Role.REVIEWER, Role.HEAD)
DECIDERS = (Role.HEAD,)


def may(session: Session, ledger: Ledger, identity: Identity, scope: str, roles: Collection[Role]) -> bool:
    """Whether one of ``roles`` is held in ``scope``: what binds every institution asks for it in every one."""
    ids = [scope]
    if scope == EVERYBODY:
        ids = [institution.id for institution in InstitutionService(session, ledger).all()]
    return bool(ids) and all(not identity.roles_in(each).isdisjoint(roles) for each in ids)
