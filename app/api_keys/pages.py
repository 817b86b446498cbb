"""The Programs room: which programs may ask, and how much. A new key is shown once, in the answer to its form."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.api_keys.service import ApiKeyService
from app.api_keys.types import MAX_NAME_CHARACTERS, MOST, MOST_DAYS, USUAL_DAYS, Issued, Limits, Scope, Wish
from app.console.access import Member, Submission, needs, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.console.session import HOME
from app.db.columns import now_utc
from app.staff.service import StaffService
from app.staff.types import Role

SEES, MAY_CHANGE = (Role.HEAD, Role.OPERATOR, Role.AUDITOR), (Role.HEAD, Role.OPERATOR)

router = APIRouter(prefix="/{institution}/programs")
Onlooker = Annotated[Member, Depends(needs(*SEES))]
Changer = Annotated[Submission, Depends(posted(*MAY_CHANGE))]


@router.get("")
def show_keys(request: Request, member: Onlooker) -> HTMLResponse:
    """Every key, the newest first."""
    return _page(request, member)


@router.post("/keys")
def add_key(request: Request, sent: Changer) -> HTMLResponse:
    """Make a key, and show it."""
    desk, member = desk_of(request), sent.member
    wish = Wish(sent.text("name"), _scopes(sent), _limits(sent), _number(sent, "days"))
    with desk.database.write() as session:
        service = ApiKeyService(session, member.institution.id, desk.ledger)
        issued = service.add(wish, member.identity.account_id)
    return _page(request, member, issued)


@router.post("/keys/revoke")
def revoke_key(request: Request, sent: Changer) -> RedirectResponse:
    """Close a key for good."""
    desk, member = desk_of(request), sent.member
    with desk.database.write() as session:
        service = ApiKeyService(session, member.institution.id, desk.ledger)
        service.revoke(sent.text("key"), member.identity.account_id)
    return RedirectResponse(f"{HOME}/{member.institution.id}/programs", 303)


def _page(request: Request, member: Member, issued: Issued | None = None) -> HTMLResponse:
    desk, now = desk_of(request), now_utc()
    with desk.database.read() as session:
        known = ApiKeyService(session, member.institution.id, desk.ledger).all()
        people = {who for key in known for who in (key.by, key.revoked_by) if who}
        names = StaffService(session, desk.ledger).names(people)
    values = {
        "good": [key for key in known if key.works(now)],
        "over": [key for key in known if not key.works(now)],
        "issued": issued,
        "names": names,
        "may_change": member.may(*MAY_CHANGE),
        "scopes": list(Scope),
        "usual": Limits(),
        "most": MOST,
        "usual_days": USUAL_DAYS,
        "most_days": MOST_DAYS,
        "name_limit": MAX_NAME_CHARACTERS,
    }
    return page(request, member, "api_keys.html", values)


def _scopes(sent: Submission) -> frozenset[Scope]:
    return frozenset(scope for scope in Scope if sent.text(scope.value))


def _limits(sent: Submission) -> Limits:
    return Limits(_number(sent, "a_minute"), _number(sent, "at_once"), _number(sent, "a_day"))


def _number(sent: Submission, name: str) -> int:
    typed = sent.text(name)
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise BadForm(f"“{name.replace('_', ' ')}” is no number. Correct it.")
    return int(typed)
