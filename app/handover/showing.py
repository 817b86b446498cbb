"""The live room's pages as values for its templates."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from app.cases.pages import DECIDERS
from app.console.access import Member
from app.console.desk import Desk
from app.db.columns import now_utc
from app.handover.advice import NOTHING_TYPED, UNCHECKED, Typed
from app.handover.live import Live, LiveQueue, LiveRoom
from app.handover.summary import Entry
from app.handover.types import MAX_REPLY_CHARACTERS, HandoverState
from app.hong_kong import today_in_hong_kong
from app.staff.service import StaffService
from app.staff.types import Role
from knowledge_bases.office_hours import Presence, presence_at
from knowledge_bases.schema import Institution


@dataclass(frozen=True)
class LiveShown:
    """A live conversation, and the ``values`` of its templates. ``hold`` says what its controls are for."""

    live: Live
    stamp: str
    hold: str
    values: dict[str, object]

    def after(self, seq: int) -> tuple[Entry, ...]:
        """The messages behind number ``seq``."""
        return tuple(entry for entry in self.live.entries if entry.message.seq > seq)


def shown(
    session: Session, desk: Desk, member: Member, conversation_id: str, typed: Typed = NOTHING_TYPED
) -> LiveShown:
    """One conversation for one member of staff.

    Raises:
        ConversationNotFound: there is none in this institution. SealBroken: a stored message was changed.
    """
    room = LiveRoom(session, member.institution.id, desk.ledger)
    stamp, live = room.stamp(conversation_id), room.open(conversation_id)
    hold = _hold(live, member)
    by = live.handover.taken_by if live.handover else None
    rulebook = desk.rulebooks.standing(session, member.institution.id, today_in_hong_kong()).rulebook
    values = {
        "live": live,
        "stamp": stamp,
        "hold": hold,
        "holder": StaffService(session, desk.ledger).names([by]).get(by, by) if by else None,
        "may_act": member.may(*DECIDERS),
        "is_head": member.may(Role.HEAD),
        "typed": typed,
        "unchecked": UNCHECKED,
        "rule_titles": rulebook.titles,
        "reply_limit": MAX_REPLY_CHARACTERS,
    }
    return LiveShown(live, stamp, hold, values)


@dataclass(frozen=True)
class QueueShown:
    """The queue, and the ``values`` of its templates."""

    queue: LiveQueue
    values: dict[str, object]


def queue_shown(session: Session, desk: Desk, member: Member) -> QueueShown:
    """The queue with the names of whoever has a conversation, and whether the desk is open by its own hours."""
    queue = LiveRoom(session, member.institution.id, desk.ledger).queue()
    by = {queued.handover.taken_by for queued in queue.taken if queued.handover.taken_by}
    names = StaffService(session, desk.ledger).names(by)
    return QueueShown(queue, {"queue": queue, "names": names, **_hours(member.institution)})


def _hours(institution: Institution) -> dict[str, object]:
    hours, now = institution.contact.office_hours, now_utc()
    presence = presence_at(hours, now)
    there = presence is Presence.THERE
    until = None if hours is None else hours.closing(now) if there else hours.next_opening(now)
    return {"presence": presence, "until": until}


def _hold(live: Live, member: Member) -> str:
    """Whose the conversation is, as seen by ``member``: mine, theirs, waiting or over."""
    handover = live.handover
    if live.erased or handover is None or not handover.is_open:
        return "over"
    if handover.state is HandoverState.WAITING:
        return "waiting"
    return "mine" if handover.taken_by == member.identity.account_id else "theirs"
