"""A proposed change as the second person sees it, and their decision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.console.access import AnyMember, Submission, posted
from app.console.desk import desk_of
from app.console.render import page
from app.hong_kong import today_in_hong_kong
from app.rules import steps
from app.rules.looking import field_changes, shown_to
from app.rules.requests import find_change, service_of, to_change
from app.rules.scopes import DECIDERS, PROPOSERS, may
from app.rules.types import EVERYBODY, MAX_REASON_CHARACTERS, ChangeState
from app.staff.service import StaffService

router = APIRouter(prefix="/{institution}/rules/changes")
Decision = Annotated[Submission, Depends(posted(*DECIDERS))]
Own = Annotated[Submission, Depends(posted(*PROPOSERS))]


@router.get("/{change}")
def show_change(request: Request, member: AnyMember, change: str) -> HTMLResponse:
    """A proposed change: its reason, what differs field by field, and what would fire differently."""
    desk = desk_of(request)
    with desk.database.read() as session:
        found = find_change(session, desk, member, change)
        names = StaffService(session, desk.ledger).names({by for by in (found.proposed_by, found.decided_by) if by})
        decides = may(session, desk.ledger, member.identity, found.scope, DECIDERS)
        starts = max(found.effective_from or today_in_hong_kong(), today_in_hong_kong())
        overtaken = service_of(session, desk, found.scope).overtaken(starts)
        seen = steps.look_again(session, desk, member, found) if found.state is ChangeState.PROPOSED else None
    own = found.proposed_by == member.identity.account_id
    values = {
        "change": found,
        "fields": [(each, field_changes(each)) for each in shown_to(found.changes, member.institution.id)],
        "seen": seen,
        "stale": seen is not None and seen.parent != found.parent,
        "overtaken": overtaken,
        "names": names,
        "own": own,
        "may_decide": decides and not own,
        "may_propose": member.may(*PROPOSERS),
        "everybody": EVERYBODY,
        "reason_limit": MAX_REASON_CHARACTERS,
    }
    return page(request, member, "rule_change.html", values)


@router.post("/{change}/approve")
def approve(request: Request, sent: Decision, change: str) -> RedirectResponse:
    """The second person's yes to what they were shown."""
    steps.approve(desk_of(request), sent.member, change, sent.text("seen"))
    return to_change(sent.member, change)


@router.post("/{change}/return")
def send_back(request: Request, sent: Decision, change: str) -> RedirectResponse:
    """The second person's no, with what is to be mended."""
    steps.send_back(desk_of(request), sent.member, change, sent.text("comment"))
    return to_change(sent.member, change)


@router.post("/{change}/withdraw")
def withdraw(request: Request, sent: Own, change: str) -> RedirectResponse:
    """The maker takes a change back."""
    steps.withdraw(desk_of(request), sent.member, change)
    return to_change(sent.member, change)
