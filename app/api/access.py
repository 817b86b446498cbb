"""Who of the staff a program speaks for: the session's token as a bearer, never the console's cookie.

So no page of another site can send a request in somebody's name, and no form token is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from app.console.access import Member, member_of, required
from app.console.desk import desk_of
from app.console.errors import LoginNeeded
from app.staff.service import StaffService
from app.staff.types import Identity, Role

_SCHEME = "bearer "


def bearer(request: Request) -> str:
    """The token of the request.

    Raises:
        LoginNeeded: it carries none.
    """
    sent = request.headers.get("authorization", "")
    token = sent[len(_SCHEME) :].strip() if sent.lower().startswith(_SCHEME) else ""
    if not token:
        raise LoginNeeded
    return token


def caller(request: Request) -> Identity:
    """Who is logged in.

    Raises:
        LoginNeeded: nobody, or not any more.
    """
    desk = desk_of(request)
    with desk.database.read() as session:
        identity = StaffService(session, desk.ledger).identify(bearer(request))
    if identity is None:
        raise LoginNeeded
    return identity


def _member(request: Request, institution: str, identity: Annotated[Identity, Depends(caller)]) -> Member:
    """The caller as a member of the institution in the address."""
    return member_of(desk_of(request), institution, identity)


ApiMember = Annotated[Member, Depends(_member)]


def holding(*roles: Role) -> Callable[[Member], Member]:
    """A dependency: the caller, who holds one of ``roles``."""

    def holder(member: ApiMember) -> Member:
        return required(member, *roles)

    return holder
