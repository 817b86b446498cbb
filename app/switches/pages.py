"""The Switches room: what is stopped and by whom, turning it on in one step and off in two; how topics are released."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.console.access import AnyMember, Submission, posted
from app.console.desk import desk_of
from app.console.errors import BadForm
from app.console.render import page
from app.console.session import HOME
from app.staff.service import StaffService
from app.switches.room import MAY_TURN, MAY_TURN_ALL, room_of, scope_for, wanted_topic
from app.switches.service import SwitchService
from app.switches.topic_changes import TopicService
from app.switches.types import EVERYWHERE, MAX_REASON_CHARACTERS, Composer, Kind, Mode, Switch, Topic

router = APIRouter(prefix="/{institution}/switches")
Turner = Annotated[Submission, Depends(posted(*MAY_TURN))]


@router.get("")
def show_switches(request: Request, member: AnyMember) -> HTMLResponse:
    """What is on, who turned it on and why; what waits for a second person; how each topic is released."""
    desk = desk_of(request)
    with desk.database.read() as session:
        room = room_of(session, desk, member)
        names = StaffService(session, desk.ledger).names(room.people)
    values = {
        "room": room,
        "names": names,
        "me": member.identity.account_id,
        "may_turn": member.may(*MAY_TURN),
        "may_turn_all": member.may(*MAY_TURN_ALL),
        "modes": list(Mode),
        "composers": list(Composer),
        "everywhere": EVERYWHERE,
        "reason_limit": MAX_REASON_CHARACTERS,
    }
    return page(request, member, "switches.html", values)


@router.post("/set")
def turn_on(request: Request, sent: Turner) -> RedirectResponse:
    """One person, at once."""
    desk, (switch, scope) = desk_of(request), _named(sent)
    with desk.database.write() as session:
        SwitchService(session, scope, desk.ledger).set(switch, sent.member.identity.account_id, sent.text("reason"))
    return _back(sent)


@router.post("/lift")
def ask_lift(request: Request, sent: Turner) -> RedirectResponse:
    """The first of two people."""
    desk, (switch, scope) = desk_of(request), _named(sent)
    with desk.database.write() as session:
        service = SwitchService(session, scope, desk.ledger)
        service.ask_lift(switch, sent.member.identity.account_id, sent.text("reason"))
    return _back(sent)


@router.post("/confirm")
def confirm_lift(request: Request, sent: Turner) -> RedirectResponse:
    """The second of two people: it is lifted, or stays on. Who asked may only take the wish back."""
    desk, by = desk_of(request), sent.member.identity.account_id
    switch, scope = _named(sent, confirming=True)
    with desk.database.write() as session:
        service = SwitchService(session, scope, desk.ledger)
        match sent.text("decision"):
            case "lift":
                service.confirm_lift(switch, by)
            case "keep":
                service.refuse_lift(switch, by)
            case _:
                raise BadForm("Choose whether the switch is lifted or stays on.")
    return _back(sent)


@router.post("/topics")
def propose_topic(request: Request, sent: Turner) -> RedirectResponse:
    """A known topic with another mode, or a whole topic; nothing changes before a second person approves."""
    desk, member = desk_of(request), sent.member
    with desk.database.write() as session:
        topics = TopicService(session, member.institution.id, desk.ledger)
        known = topics.all().get(sent.text("topic"))
        topics.propose(_wanted(sent, known), member.identity.account_id, sent.text("reason"))
    return _back(sent)


@router.post("/topics/decision")
def decide_topic(request: Request, sent: Turner) -> RedirectResponse:
    """The second person's decision on a change."""
    desk, member = desk_of(request), sent.member
    decision = sent.text("decision")
    if decision not in ("approve", "reject"):
        raise BadForm("Choose whether the change is approved or turned down.")
    with desk.database.write() as session:
        topics = TopicService(session, member.institution.id, desk.ledger)
        topics.decide(sent.text("change"), member.identity.account_id, approve=decision == "approve")
    return _back(sent)


def _named(sent: Submission, *, confirming: bool = False) -> tuple[Switch, str]:
    """The switch a form names, and its scope."""
    everywhere = sent.text("scope") == EVERYWHERE
    scope = scope_for(sent.member, everywhere=everywhere, confirming=confirming)
    try:
        kind = Kind(sent.text("kind"))
    except ValueError:
        raise BadForm("There is no such switch. Reload the page.") from None
    return Switch(kind, sent.text("subject")), scope


def _wanted(sent: Submission, known: Topic | None) -> Topic:
    lists = {field: sent.text(field).replace(",", " ").split() for field in ("tags", "products", "findings")}
    told = {field: sent.text(field) for field in ("title", "mode", "composer")}
    return wanted_topic(known, {"id": sent.text("topic"), **told, **lists})


def _back(sent: Submission) -> RedirectResponse:
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/switches", 303)
