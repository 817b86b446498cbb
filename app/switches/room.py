"""What the console and the API show of switches and topics, and who may turn what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session

from app.console.access import Member
from app.console.desk import Desk
from app.console.errors import BadForm, RoleNeeded
from app.staff.types import Role
from app.switches.reading import settings_of
from app.switches.service import SwitchService
from app.switches.topic_changes import TopicService
from app.switches.topics import topic_of
from app.switches.types import EVERYWHERE, Composer, Kind, Mode, Setting, Switch, Topic, TopicChange

MAY_TURN = (Role.HEAD, Role.OPERATOR)
MAY_TURN_ALL = (Role.OPERATOR,)
WHOLE = (Kind.HAND_OFF, Kind.GENERATION, Kind.READ_ONLY)


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
    on: tuple[Setting, ...]
    asked: tuple[Setting, ...]
    changes: tuple[TopicChange, ...]
    lifted: tuple[Setting, ...]

    @property
    def people(self) -> set[str]:
        """The accounts it names."""
        settings = [*self.on, *self.lifted]
        named = {account for s in settings for account in (s.by, s.lifted_by, s.lift.by if s.lift else None)}
        return {account for account in (*named, *(change.by for change in self.changes)) if account}


def scope_for(member: Member, *, everywhere: bool, confirming: bool = False) -> str:
    """The scope of a switch that the member may turn.

    Raises:
        RoleNeeded: it is for all institutions, which only an operator turns; a compliance head may be the second
            person (``confirming``).
    """
    if everywhere and not confirming and not member.may(*MAY_TURN_ALL):
        raise RoleNeeded(MAY_TURN_ALL)
    return EVERYWHERE if everywhere else member.institution.id


def wanted_topic(known: Topic | None, fields: Mapping[str, object]) -> Topic:
    """A known topic with another mode, and another composer where ``fields`` has one ("": the institution's); or a
    whole topic.

    Raises:
        BadForm: a known one is given no mode. TopicWrong: it covers nothing, or a name can't be one.
    """
    mode = fields.get("mode")
    if known is None:
        return topic_of(fields)
    if mode not in list(Mode):
        raise BadForm("Choose how answers on the topic are released.")
    composer = str(fields.get("composer", known.composer) or "")
    if composer not in ("", *Composer):
        raise BadForm("Choose what answers on the topic are composed by.")
    return replace(known, mode=Mode(str(mode)), composer=Composer(composer) if composer else None)


def room_of(session: Session, desk: Desk, member: Member) -> Room:
    """Everything there is to see in the member's institution."""
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
        on=settings,
        asked=tuple(setting for setting in settings if setting.lift is not None),
        changes=topics.waiting(),
        lifted=SwitchService(session, institution.id, desk.ledger).lifted(limit=10),
    )
