"""The Switches room: what is stopped and by whom, turning it on in one step and off in two; how topics are released."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.console.access import AnyMember, Member, Submission, posted
from app.console.desk import Desk, desk_of
from app.console.errors import BadForm, RoleNeeded
from app.console.render import page
from app.console.session import HOME
from app.staff.service import StaffService
from app.staff.types import Role
from app.switches.reading import settings_of
from app.switches.service import SwitchService
from app.switches.topic_changes import TopicService
from app.switches.topics import topic_of
from app.switches.types import EVERYWHERE, MAX_REASON_CHARACTERS, Kind, Mode, Setting, Switch, Topic, TopicChange

MAY_TURN = (Role.HEAD, Role.OPERATOR)
MAY_TURN_ALL = (Role.OPERATOR,)
WHOLE = (Kind.HAND_OFF, Kind.GENERATION, Kind.READ_ONLY)

router = APIRouter(prefix="/{institution}/switches")
Turner = Annotated[Submission, Depends(posted(*MAY_TURN))]


@dataclass(frozen=True)
class Line:
    """A switch as the page shows it; ``on`` holds its settings, at most one for all and one of the institution's."""

    switch: Switch
    on: tuple[Setting, ...]


@dataclass(frozen=True)
class Room:
    """Everything the page shows. ``asked`` are switches that wait for a second person to lift them."""

    whole: tuple[Line, ...]
    languages: tuple[Line, ...]
    topics: tuple[tuple[Topic, Line], ...]
    asked: tuple[Setting, ...]
    changes: tuple[TopicChange, ...]
    lifted: tuple[Setting, ...]

    @property
    def people(self) -> set[str]:
        """The accounts it names."""
        settings = [*self.asked, *self.lifted, *(s for line in self._lines() for s in line.on)]
        named = {account for s in settings for account in (s.by, s.lifted_by, s.lift.by if s.lift else None)}
        return {account for account in (*named, *(change.by for change in self.changes)) if account}

    def _lines(self) -> Iterator[Line]:
        yield from (*self.whole, *self.languages, *(line for _, line in self.topics))


@router.get("")
def show_switches(request: Request, member: AnyMember) -> HTMLResponse:
    """What is on, who turned it on and why; what waits for a second person; how each topic is released."""
    desk = desk_of(request)
    with desk.database.read() as session:
        room = _room(session, desk, member)
        names = StaffService(session, desk.ledger).names(room.people)
    values = {
        "room": room,
        "names": names,
        "me": member.identity.account_id,
        "may_turn": member.may(*MAY_TURN),
        "may_turn_all": member.may(*MAY_TURN_ALL),
        "modes": list(Mode),
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


def _room(session: Session, desk: Desk, member: Member) -> Room:
    institution = member.institution
    settings = settings_of(session, institution.id)
    topics = TopicService(session, institution.id, desk.ledger)

    def line(kind: Kind, subject: str = "") -> Line:
        switch = Switch(kind, subject)
        return Line(switch, tuple(setting for setting in settings if setting.switch == switch))

    return Room(
        whole=tuple(line(kind) for kind in WHOLE),
        languages=tuple(line(Kind.LANGUAGE, language.value) for language in institution.languages),
        topics=tuple((topic, line(Kind.TOPIC, topic.id)) for topic in topics.all().values()),
        asked=tuple(setting for setting in settings if setting.lift is not None),
        changes=topics.waiting(),
        lifted=SwitchService(session, institution.id, desk.ledger).lifted(limit=10),
    )


def _named(sent: Submission, *, confirming: bool = False) -> tuple[Switch, str]:
    """The switch a form names, and its scope.

    Raises:
        BadForm: there is no such kind. RoleNeeded: it is for all institutions, which only an operator turns; a
            compliance head may be the second person.
    """
    everywhere = sent.text("scope") == EVERYWHERE
    if everywhere and not confirming and not sent.member.may(*MAY_TURN_ALL):
        raise RoleNeeded(MAY_TURN_ALL)
    try:
        kind = Kind(sent.text("kind"))
    except ValueError:
        raise BadForm("There is no such switch. Reload the page.") from None
    return Switch(kind, sent.text("subject")), EVERYWHERE if everywhere else sent.member.institution.id


def _wanted(sent: Submission, known: Topic | None) -> Topic:
    mode = sent.text("mode")
    if known is not None and mode in list(Mode):
        return replace(known, mode=Mode(mode))
    if known is not None:
        raise BadForm("Choose how answers on the topic are released.")
    lists = {field: sent.text(field).replace(",", " ").split() for field in ("tags", "products", "findings")}
    return topic_of({"id": sent.text("topic"), "title": sent.text("title"), "mode": mode, **lists})


def _back(sent: Submission) -> RedirectResponse:
    return RedirectResponse(f"{HOME}/{sent.member.institution.id}/switches", 303)
