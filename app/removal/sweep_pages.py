"""The last sweep as staff read it, and the button that asks for one: a worker runs it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.console.access import AnyMember, Submission, posted
from app.console.desk import desk_of
from app.console.render import page
from app.console.session import HOME
from app.removal.sweeps import Sweeps
from app.staff.service import StaffService
from app.staff.types import Role

router = APIRouter(prefix="/{institution}/sweep")
MAY_ASK = (Role.CHECKER, Role.HEAD)  # a damaged snapshot is set aside by it: an auditor changes nothing
AGAIN_S = 3  # the page asks again while a sweep is to come


@router.get("")
def show_sweep(request: Request, member: AnyMember) -> HTMLResponse:
    """What the last sweep found, and whether one is to come."""
    desk = desk_of(request)
    with desk.database.read() as session:
        sweeps = Sweeps(session, member.institution.id, desk.ledger)
        last, waiting = sweeps.last(), sweeps.waiting()
        people = sorted({sweep.asked_by for sweep in (last, *waiting) if sweep is not None})
        names = StaffService(session, desk.ledger).names(people)
    values = {"last": last, "waiting": waiting, "names": names, "may_ask": member.may(*MAY_ASK)}
    shown = page(request, member, "sweep.html", values)
    if waiting:
        shown.headers["Refresh"] = str(AGAIN_S)
    return shown


@router.post("")
def ask_for_sweep(request: Request, sent: Annotated[Submission, Depends(posted(*MAY_ASK))]) -> RedirectResponse:
    """The worker sweeps next; asked for twice is once."""
    desk, institution_id = desk_of(request), sent.member.institution.id
    with desk.database.write() as session:
        Sweeps(session, institution_id, desk.ledger).ask(sent.member.identity.account_id)
    return RedirectResponse(f"{HOME}/{institution_id}/sweep", 303)
