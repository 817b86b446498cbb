"""``/v1/institutions/{institution}/switches`` and ``/topics``: what is stopped, and how topics are released."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.api.access import ApiMember, holding
from app.console.access import Member
from app.console.desk import Desk, desk_of
from app.plain_text import SEEN
from app.staff.service import StaffService
from app.switches.room import MAY_TURN, room_of, scope_for, wanted_topic
from app.switches.service import SwitchService
from app.switches.topic_changes import TopicService
from app.switches.types import Composer, Kind, Mode, Setting, Switch, Topic, TopicChange

router = APIRouter(prefix="/v1/institutions/{institution}", tags=["switches"])
Turner = Annotated[Member, Depends(holding(*MAY_TURN))]
Text = Annotated[str, SEEN]
Names = dict[str, str]


class Lifting(StrEnum):
    """The second person's decision on a switch that is to be lifted."""

    LIFT = "lift"
    KEEP = "keep"


class Deciding(StrEnum):
    """The second person's decision on a change of a topic."""

    APPROVE = "approve"
    REJECT = "reject"


class SwitchBody(BaseModel):
    """A switch by name. ``subject``: which topic or language; ``everywhere``: for all institutions."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    subject: Text = ""
    everywhere: bool = False

    @property
    def switch(self) -> Switch:
        """The switch it names."""
        return Switch(self.kind, self.subject)


class ReasonedBody(SwitchBody):
    """A switch, and why it is turned on or is to be lifted."""

    reason: Text


class ConfirmBody(SwitchBody):
    """A switch that somebody asked to be lifted, and what becomes of it."""

    decision: Lifting


class TopicBody(BaseModel):
    """A known topic with another mode, or a whole topic with what it covers.

    ``composer`` null: as the institution's other answers; a known topic keeps its own where none is named.
    """

    model_config = ConfigDict(extra="forbid")
    topic: Text
    mode: Mode
    composer: Composer | None = None
    reason: Text
    title: Text = ""
    tags: tuple[Text, ...] = Field((), max_length=100)
    products: tuple[Text, ...] = Field((), max_length=100)
    findings: tuple[Text, ...] = Field((), max_length=100)


class DecisionBody(BaseModel):
    """A decision on a change of a topic."""

    model_config = ConfigDict(extra="forbid")
    decision: Deciding


class SettingView(BaseModel):
    """A switch that is or was on; people by their user names."""

    kind: Kind
    subject: str
    everywhere: bool
    reason: str
    by: str
    at: datetime
    lift_asked_by: str | None
    lift_reason: str | None
    lifted_by: str | None
    lifted_at: datetime | None

    @classmethod
    def of(cls, setting: Setting, names: Names) -> SettingView:
        """``names`` by account."""
        lift = setting.lift
        return cls(
            kind=setting.switch.kind,
            subject=setting.switch.subject,
            everywhere=setting.everywhere,
            reason=setting.reason,
            by=names.get(setting.by, setting.by),
            at=setting.at,
            lift_asked_by=names.get(lift.by, lift.by) if lift else None,
            lift_reason=lift.reason if lift else None,
            lifted_by=names.get(setting.lifted_by, setting.lifted_by) if setting.lifted_by else None,
            lifted_at=setting.lifted_at,
        )


class TopicChangeView(BaseModel):
    """A topic as somebody wants it. ``approved`` null: a second person has not decided yet."""

    id: str
    topic: Topic
    reason: str
    by: str
    at: datetime
    decided_by: str | None
    approved: bool | None

    @classmethod
    def of(cls, change: TopicChange, names: Names) -> TopicChangeView:
        """``names`` by account."""
        decider = names.get(change.decided_by, change.decided_by) if change.decided_by else None
        by = names.get(change.by, change.by)
        return cls(
            id=change.id,
            topic=change.topic,
            reason=change.reason,
            by=by,
            at=change.at,
            decided_by=decider,
            approved=change.approved,
        )


class SwitchesView(BaseModel):
    """What is on, what was lifted last, every topic as it is in force, and the changes that wait."""

    on: tuple[SettingView, ...]
    lifted: tuple[SettingView, ...]
    topics: tuple[Topic, ...]
    waiting: tuple[TopicChangeView, ...]


@router.get("/switches")
def show(request: Request, member: ApiMember) -> SwitchesView:
    """What the console's Switches room shows."""
    desk = desk_of(request)
    with desk.database.read() as session:
        room = room_of(session, desk, member)
        names = StaffService(session, desk.ledger).names(room.people)
    return SwitchesView(
        on=tuple(SettingView.of(setting, names) for setting in room.on),
        lifted=tuple(SettingView.of(setting, names) for setting in room.lifted),
        topics=tuple(topic for topic, _ in room.topics),
        waiting=tuple(TopicChangeView.of(change, names) for change in room.changes),
    )


@router.post("/switches", status_code=201)
def turn_on(request: Request, member: Turner, body: ReasonedBody) -> SettingView:
    """One person, at once and in every process."""
    desk, scope = desk_of(request), scope_for(member, everywhere=body.everywhere)
    with desk.database.write() as session:
        setting = SwitchService(session, scope, desk.ledger).set(body.switch, member.identity.account_id, body.reason)
        return _told(session, desk, setting)


@router.post("/switches/lift")
def ask_lift(request: Request, member: Turner, body: ReasonedBody) -> SettingView:
    """The first of two people; it stays on."""
    desk, scope = desk_of(request), scope_for(member, everywhere=body.everywhere)
    with desk.database.write() as session:
        service = SwitchService(session, scope, desk.ledger)
        return _told(session, desk, service.ask_lift(body.switch, member.identity.account_id, body.reason))


@router.post("/switches/confirm")
def confirm_lift(request: Request, member: Turner, body: ConfirmBody) -> SettingView:
    """The second of two people: it is lifted, or stays on. Who asked may only take the wish back."""
    desk, scope = desk_of(request), scope_for(member, everywhere=body.everywhere, confirming=True)
    with desk.database.write() as session:
        service = SwitchService(session, scope, desk.ledger)
        decided = service.confirm_lift if body.decision is Lifting.LIFT else service.refuse_lift
        return _told(session, desk, decided(body.switch, member.identity.account_id))


@router.post("/topics", status_code=201)
def propose_topic(request: Request, member: Turner, body: TopicBody) -> TopicChangeView:
    """Nothing changes before a second person approves."""
    desk = desk_of(request)
    with desk.database.write() as session:
        topics = TopicService(session, member.institution.id, desk.ledger)
        lists = {name: list(getattr(body, name)) for name in ("tags", "products", "findings")}
        composer = {"composer": body.composer} if "composer" in body.model_fields_set else {}
        fields = {"id": body.topic, "title": body.title, "mode": body.mode.value, **composer, **lists}
        wanted = wanted_topic(topics.all().get(body.topic), fields)
        return _change(session, desk, topics.propose(wanted, member.identity.account_id, body.reason))


@router.post("/topics/changes/{change}")
def decide_topic(request: Request, member: Turner, change: str, body: DecisionBody) -> TopicChangeView:
    """The second person's decision."""
    desk, by = desk_of(request), member.identity.account_id
    with desk.database.write() as session:
        topics = TopicService(session, member.institution.id, desk.ledger)
        return _change(session, desk, topics.decide(change, by, approve=body.decision is Deciding.APPROVE))


def _told(session: Session, desk: Desk, setting: Setting) -> SettingView:
    people = {setting.by, setting.lifted_by or "", setting.lift.by if setting.lift else ""}
    return SettingView.of(setting, StaffService(session, desk.ledger).names(people))


def _change(session: Session, desk: Desk, change: TopicChange) -> TopicChangeView:
    people = {change.by, change.decided_by or ""}
    return TopicChangeView.of(change, StaffService(session, desk.ledger).names(people))
