"""What a person does with a conversation: take it, answer in it, put it back into the queue, hand it back, close it."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session

from app.cases.service import CaseService
from app.conversations.service import ConversationService
from app.conversations.types import Message, MessageRole
from app.db.columns import now_utc
from app.evidence.audit import AuditLog, Happening, Ledger
from app.handover.errors import HandoverNotTaken, HandoverOver, HandoverTaken, ReplyEmpty, ReplyTooLong
from app.handover.events import Desk, Event
from app.handover.register import Clock, Register, human_incident, plain
from app.handover.repository import CallbackRepository
from app.handover.tables import HandoverRow
from app.handover.types import MAX_REPLY_CHARACTERS, Handover, HandoverState
from app.staff.service import StaffService


class Takeover:
    """The conversations of one institution that people have, within one unit of work. ``by`` is an account's id.

    Raises (all methods):
        ConversationNotFound: there is no such conversation in this institution. HandoverOver: nobody is waited for.
    """

    def __init__(
        self, session: Session, institution_id: str, ledger: Ledger, desk: Desk | None = None, clock: Clock = now_utc
    ) -> None:
        self._register = Register(session, institution_id, ledger, desk, clock)
        self._conversations = ConversationService(session, institution_id, ledger)
        self._audit = AuditLog(session, institution_id, ledger)
        self._staff = StaffService(session, ledger)
        self._cases = CaseService(session, institution_id, ledger)
        self._callbacks = CallbackRepository(session, institution_id)

    def take(self, conversation_id: str, by: str) -> Handover:
        """From now on ``by`` has it, and its customer knows that somebody is there; again is no harm.

        Raises:
            HandoverTaken: somebody else was first; the message says who.
        """
        row = self._open(conversation_id)
        if row.state is HandoverState.WAITING:
            self._register.move(row, HandoverState.WITH_PERSON, by, Event.TAKEN)
            self._register.tell(row, "joined")
            self._register.tell_places()
        elif row.taken_by != by:
            raise self._taken(row)
        return plain(row)

    def reply(self, conversation_id: str, by: str, text: str, noted: Collection[str] = ()) -> Message:
        """Say ``text`` to the customer; ``noted`` are the rules that ``by`` was told of and sent it all the same.

        Raises:
            HandoverNotTaken, HandoverTaken: ``by`` does not have it. ReplyEmpty, ReplyTooLong. ConversationErased.
        """
        words = text.strip()
        if not words:
            raise ReplyEmpty
        if len(words) > MAX_REPLY_CHARACTERS:
            raise ReplyTooLong(len(words))
        row = self._own(conversation_id, by)
        message = self._conversations.say(conversation_id, MessageRole.STAFF, words)
        fields = {"by": by, "message_id": message.id, "noted": " ".join(sorted(noted))}
        self._audit.append(Happening("reply:send:done", row.id, fields))
        self._register.publish(row, Event.REPLY)
        return message

    def put_back(self, conversation_id: str, by: str, *, head: bool = False) -> Handover:
        """It waits again, in its old place, its patience anew; ``head``: ``by`` may do so for one who went away.

        Raises:
            HandoverNotTaken, HandoverTaken: ``by`` does not have it.
        """
        row = self._open(conversation_id) if head else self._own(conversation_id, by)
        if row.state is HandoverState.WAITING:
            raise HandoverNotTaken
        row.waiting_since, row.offered_at = self._register.now(), None
        self._register.move(row, HandoverState.WAITING, by, Event.PUT_BACK)
        self._register.tell(row, "put_back")
        self._register.tell_places()
        return plain(row)

    def hand_back(self, conversation_id: str, by: str) -> Handover:
        """The assistant answers again, and the customer is told so.

        Raises:
            HandoverNotTaken, HandoverTaken: ``by`` does not have it.
        """
        return self._end(conversation_id, by, HandoverState.HANDED_BACK, Event.HANDED_BACK)

    def close(self, conversation_id: str, by: str) -> Handover:
        """What was asked is settled; what is asked next goes to the assistant.

        Raises:
            HandoverNotTaken, HandoverTaken: ``by`` does not have it.
        """
        return self._end(conversation_id, by, HandoverState.CLOSED, Event.CLOSED)

    def _end(self, conversation_id: str, by: str, state: HandoverState, event: Event) -> Handover:
        row = self._own(conversation_id, by)
        self._register.move(row, state, by, event)
        self._register.tell(row, state.value)
        self._settle(conversation_id, by)
        return plain(row)

    def _settle(self, conversation_id: str, by: str) -> None:
        """The customer had a person; where they left a number, the case waits until somebody has called."""
        incident = human_incident(conversation_id)
        known = self._cases.open_incident(incident)
        if known is not None and not self._callbacks.of(known.id):
            self._cases.settle(incident, by)

    def _own(self, conversation_id: str, by: str) -> HandoverRow:
        row = self._open(conversation_id)
        if row.state is HandoverState.WAITING:
            raise HandoverNotTaken
        if row.taken_by != by:
            raise self._taken(row)
        return row

    def _open(self, conversation_id: str) -> HandoverRow:
        self._register.lock()
        row = self._register.open_of(conversation_id)
        if row is None:
            raise HandoverOver(conversation_id)
        return row

    def _taken(self, row: HandoverRow) -> HandoverTaken:
        by = row.taken_by or ""
        return HandoverTaken(self._staff.names([by]).get(by, by))
