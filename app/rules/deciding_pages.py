"""A proposed change as the second person sees it, and their decision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.console.access import AnyMember, Member, Submission, posted
from app.console.desk import Desk, desk_of
from app.console.render import page
from app.hong_kong import today_in_hong_kong
from app.rules.errors import LookedElsewhere
from app.rules.looking import field_changes, ground_of, shown_to
from app.rules.preview import Draft, Preview, preview
from app.rules.requests import find_change, require, service_of, to_change
from app.rules.scopes import DECIDERS, PROPOSERS, may
from app.rules.types import EVERYBODY, MAX_REASON_CHARACTERS, Change, ChangeState
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
        seen = _seen(session, desk, member, found) if found.state is ChangeState.PROPOSED else None
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
    desk, by = desk_of(request), sent.member.identity.account_id
    with desk.database.read() as session:
        found = find_change(session, desk, sent.member, change)
        require(session, desk, sent.member, found.scope, DECIDERS)
        seen = _seen(session, desk, sent.member, found)
    if found.state is ChangeState.PROPOSED and sent.text("seen") != seen.report:
        raise LookedElsewhere
    with desk.database.write() as session:
        service_of(session, desk, found.scope).approve(change, by, seen, today_in_hong_kong())
    return to_change(sent.member, change)


@router.post("/{change}/return")
def send_back(request: Request, sent: Decision, change: str) -> RedirectResponse:
    """The second person's no, with what is to be mended."""
    desk = desk_of(request)
    with desk.database.write() as session:
        found = find_change(session, desk, sent.member, change)
        require(session, desk, sent.member, found.scope, DECIDERS)
        service = service_of(session, desk, found.scope)
        service.send_back(change, sent.member.identity.account_id, sent.text("comment"))
    return to_change(sent.member, change)


@router.post("/{change}/withdraw")
def withdraw(request: Request, sent: Own, change: str) -> RedirectResponse:
    """The maker takes a change back."""
    desk = desk_of(request)
    with desk.database.write() as session:
        found = find_change(session, desk, sent.member, change)
        service_of(session, desk, found.scope).withdraw(change, sent.member.identity.account_id)
    return to_change(sent.member, change)


def _seen(session: Session, desk: Desk, member: Member, change: Change) -> Preview:
    """What the change would do as things stand today."""
    starts = max(change.effective_from or today_in_hong_kong(), today_in_hong_kong())
    ground = ground_of(session, desk.rulebooks, change.scope, starts, member.institution)
    draft = Draft(change.scope, change.changes, change.reason, change.effective_from, change.cause)
    return preview(draft, ground)
