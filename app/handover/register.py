"""Every change of a hand-over goes through here: checked, stored, audited, told to its customer and to the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from sqlmodel import Session

from app.cases.service import CaseService
from app.conversations.errors import ConversationErased
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger
from app.handover.events import Desk, Event, own_desk
from app.handover.line import waiting_line
from app.handover.records import handover_record
from app.handover.repository import HandoverRepository
from app.handover.tables import HandoverRow
from app.handover.telling import TEXTS, moved_back, moved_up
from app.handover.types import NEXT, Handover, HandoverState
from guardrails.types import Reason
from knowledge_bases.schema import Language

TOLD_PLACES = 3  # whoever stands further back reads how it moves once they are among the first
Clock = Callable[[], datetime]


def human_incident(conversation_id: str) -> str:
    """The incident that all wishes for a person in one conversation belong to."""
    return f"human:{conversation_id}"


class Register:
    """The hand-overs of one institution, within one unit of work."""

    def __init__(
        self, session: Session, institution_id: str, ledger: Ledger, desk: Desk | None = None, clock: Clock = now_utc
    ) -> None:
        self._session, self._ledger = session, ledger
        self._handovers = HandoverRepository(session, institution_id)
        self._conversations = ConversationService(session, institution_id, ledger)
        self._cases = CaseService(session, institution_id, ledger)
        self._audit = AuditLog(session, institution_id, ledger)
        self._desk = desk or own_desk(session, institution_id, ledger)
        self._digest_key = ledger.master.audit
        self._institution_id = institution_id
        self.now = clock

    def lock(self) -> None:
        """From here to the end of the unit of work nobody else changes a hand-over of the institution."""
        self._audit.lock()

    def open_of(self, conversation_id: str) -> HandoverRow | None:
        """The open hand-over of a conversation, or None.

        Raises:
            ConversationNotFound: there is no such conversation in this institution.
        """
        self._conversations.get(conversation_id)
        return self._handovers.open_of(conversation_id)

    def waiting(self) -> Sequence[HandoverRow]:
        """Whoever waits, in the order of service (``line``)."""
        return waiting_line(self._session, self._institution_id, self._ledger)

    def add(self, conversation_id: str, language: Language, reason: Reason) -> HandoverRow:
        """A new hand-over; the assistant is silent from now on.

        Raises:
            ConversationNotFound: there is no such conversation in this institution.
        """
        self._conversations.hand_to_human(conversation_id)
        row = HandoverRow(
            institution_id=self._institution_id,
            id=new_id(),
            conversation_id=conversation_id,
            language=language,
            reason=reason,
            state=HandoverState.WAITING,
            asked_at=self.now(),
        )
        self._handovers.add(row)
        self._audit.append(handover_record(self._digest_key, row).happening("request:done", reason=reason.value))
        self.publish(row, Event.REQUESTED)
        return row

    def move(self, row: HandoverRow, to: HandoverState, by: str, event: Event) -> None:
        """Take a step of the machine (``types.NEXT``); ``by`` is who takes it."""
        assert to in NEXT[row.state], (row.state, to)  # noqa: S101 -- the steps' own checks stand before this
        waited = row.state is HandoverState.WAITING
        row.state = to
        row.taken_by = None if to is HandoverState.WAITING else row.taken_by or by
        row.taken_at = self.now() if waited else row.taken_at
        row.ended_at = None if row.is_open else self.now()
        self._handovers.save(row)
        self._audit.append(handover_record(self._digest_key, row).happening(f"step:{to.value}", by=by))
        if not row.is_open:
            self._conversations.hand_back(row.conversation_id)
        self.publish(row, event)

    def tell(self, row: HandoverRow, key: str) -> None:
        """Say one of the fixed texts to the customer."""
        self.say(row, TEXTS.say(key, row.language))

    def say(self, row: HandoverRow, words: str) -> None:
        """Say something to the customer in the product's name; an erased conversation hears nothing."""
        with suppress(ConversationErased):
            self._conversations.say(row.conversation_id, MessageRole.NOTICE, words)

    def save(self, row: HandoverRow) -> None:
        """Keep what the customer was told, which the audit log reads in the messages."""
        self._handovers.save(row)

    def publish(self, row: HandoverRow, event: Event) -> None:
        """Tell the institution's desk."""
        cases = [case for case in self._cases.open_of(row.conversation_id) if not case.is_alarm]
        payload = {
            "conversation_id": row.conversation_id,
            "handover_id": row.id,
            "at": self.now().isoformat(),
            "reference": cases[0].reference or cases[0].number if cases else None,
            "state": row.state.value,
            "reason": row.reason.value,
            "language": row.language.value,
            "waiting": len(self.waiting()),
            "last_seq": self._conversations.length(row.conversation_id),
        }
        self._desk.publish(event.value, row.conversation_id, payload)

    def tell_places(self) -> None:
        """Whoever comes among the first reads so, and so does everybody before whom somebody was put."""
        for place, row in enumerate(self.waiting(), start=1):
            if is_news(row.told_place, place):
                back = place > (row.told_place or place)
                row.told_place = place
                self.save(row)
                self.say(row, moved_back(place, row.language) if back else moved_up(place, row.language))


def is_news(told: int | None, place: int) -> bool:
    """Whether a customer who read the place ``told`` (None: none) should read that it is ``place`` now."""
    return told is not None and (place > told or (place < told and place <= TOLD_PLACES))


def plain(row: HandoverRow) -> Handover:
    """The hand-over without what the product only notes for itself."""
    return Handover(
        id=row.id,
        conversation_id=row.conversation_id,
        language=row.language,
        reason=row.reason,
        state=row.state,
        asked_at=row.asked_at,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        ended_at=row.ended_at,
    )
