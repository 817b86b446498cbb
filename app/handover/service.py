"""A conversation on its way to a person: the queue, what its customer is told of it, and a way to call back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

from sqlmodel import Session

from app.cases.service import CaseService
from app.cases.types import Case, Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.vault import KeyVault, Sealed
from app.db.columns import canonical_json, new_id, now_utc
from app.evidence.audit import AuditLog, Happening, Ledger
from app.handover.events import Desk, Event
from app.handover.line import place_of
from app.handover.register import Clock, Register, human_incident, is_news, plain
from app.handover.repository import CallbackRepository
from app.handover.tables import CallbackRow, HandoverRow
from app.handover.telling import TEXTS, arrival, away
from app.handover.types import CallBackRequest, Handover, HandoverState
from app.institutions.service import InstitutionService
from guardrails.types import Reason, Severity
from knowledge_bases.office_hours import OfficeHours, Presence, presence_at
from knowledge_bases.schema import Language


class HandoverService:
    """Hand-overs of one institution as its customers bring them about, within one unit of work."""

    def __init__(
        self, session: Session, institution_id: str, ledger: Ledger, desk: Desk | None = None, clock: Clock = now_utc
    ) -> None:
        self._register = Register(session, institution_id, ledger, desk, clock)
        self._callbacks = CallbackRepository(session, institution_id)
        self._conversations = ConversationService(session, institution_id, ledger)
        self._cases = CaseService(session, institution_id, ledger)
        self._institutions = InstitutionService(session, ledger)
        self._vault = KeyVault(session, institution_id, ledger.master)
        self._audit = AuditLog(session, institution_id, ledger)
        self._institution_id = institution_id

    def begin(self, conversation_id: str, language: Language, reason: Reason = Reason.HUMAN_WANTED) -> Handover:
        """Put the conversation into the queue and tell its customer the place in it, or when somebody is there.

        Where it waits already, or a person has it, nothing changes.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        self._register.lock()
        known = self._register.open_of(conversation_id)
        if known is not None:
            return plain(known)
        row = self._register.add(conversation_id, language, reason)
        hours, now = self._hours(), self._register.now()
        place = place_of(conversation_id, self._register.waiting()) or 1
        if presence_at(hours, now) is Presence.AWAY:
            row.offered_at = now
        else:
            row.told_place = place
        self._register.save(row)
        self._register.say(row, arrival(hours, place, language, now))
        self._register.tell_places()
        return plain(row)

    def request(self, conversation_id: str, answer_id: str | None = None) -> Case:
        """As ``begin``, in the conversation's own language, and open its case; asking again adds to the open one.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        language = self._conversations.get(conversation_id).language
        incident = human_incident(conversation_id)
        case = self._cases.open(Flag(Trigger.HUMAN_WANTED, Severity.S3, conversation_id, answer_id, incident))
        self.begin(conversation_id, language)
        return case

    def heard(self, conversation_id: str) -> None:
        """The customer wrote while the assistant is silent: the desk is told, and a conversation that a person has but
        that is in no queue (one from before there was a queue) gets its place.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        row = self._register.open_of(conversation_id)
        if row is None:
            self.begin(conversation_id, self._conversations.get(conversation_id).language)
        elif row.state is HandoverState.WITH_PERSON:
            self._register.publish(row, Event.MESSAGE)

    def has_person(self, conversation_id: str) -> bool:
        """Whether a person has it, and is not only waited for. Reads only.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        row = self._register.open_of(conversation_id)
        return row is not None and row.state is HandoverState.WITH_PERSON

    def is_due(self, conversation_id: str, patience: timedelta) -> bool:
        """Whether whoever waits should be told that they can be called back, or of another place. Reads only.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        row = self._register.open_of(conversation_id)
        return self._overdue(row, patience) or self._misplaced(row)

    def tell_places(self) -> None:
        """Tell whoever waits where they stand now, if that is news: a case that was opened or decided moves people."""
        self._register.lock()
        self._register.tell_places()

    def offer_call_back(self, conversation_id: str, patience: timedelta) -> None:
        """Tell a customer, once, that nobody has come within ``patience`` or that everybody has left meanwhile.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        self._register.lock()
        row = self._register.open_of(conversation_id)
        if row is None or not self._overdue(row, patience):
            return
        hours, now = self._hours(), self._register.now()
        row.offered_at = now
        self._register.save(row)
        gone = hours is not None and hours.presence(now) is Presence.AWAY
        words = away(hours, row.language, now) if gone and hours else TEXTS.say("nobody_yet", row.language)
        self._register.say(row, words)

    def request_call_back(self, conversation_id: str, request: CallBackRequest) -> str:
        """As ``request``, and store how to reach the customer; returns the case's id.

        Raises:
            ConversationNotFound: there is none in this institution. ConversationErased: it was erased.
        """
        case = self.request(conversation_id)
        callback_id = new_id()
        sealed = self._vault.seal(conversation_id, callback_id, canonical_json(asdict(request)).encode())
        row = CallbackRow(
            institution_id=self._institution_id,
            id=callback_id,
            conversation_id=conversation_id,
            case_id=case.id,
            nonce=sealed.nonce,
            ciphertext=sealed.ciphertext,
            at=now_utc(),
        )
        self._callbacks.add(row)
        self._audit.append(Happening("callback:request:done", callback_id, {"case_id": case.id}))
        handover = self._register.open_of(conversation_id)
        if handover is not None:
            self._register.publish(handover, Event.CALL_BACK)
        return case.id

    def callbacks(self, case_id: str) -> tuple[CallBackRequest, ...]:
        """How to reach the customers of a case, oldest request first; empty where nobody asked to be called.

        Raises:
            ConversationErased: the conversation was erased, and with it how to reach the customer.
        """
        return tuple(self._open(row) for row in self._callbacks.of(case_id))

    def reveal(self, case_id: str, by: str) -> tuple[CallBackRequest, ...]:
        """As ``callbacks``, for a person to read: the audit log notes who looked.

        Raises:
            CaseNotFound: there is no such case here. ConversationErased: the conversation was erased.
        """
        self._cases.get(case_id)
        self._audit.append(Happening("callback:reveal:done", case_id, {"by": by}))
        return self.callbacks(case_id)

    def _overdue(self, row: HandoverRow | None, patience: timedelta) -> bool:
        if row is None or row.state is not HandoverState.WAITING or row.offered_at is not None:
            return False
        now = self._register.now()
        since = row.waiting_since or row.asked_at
        return now - since >= patience or presence_at(self._hours(), now) is Presence.AWAY

    def _misplaced(self, row: HandoverRow | None) -> bool:
        if row is None or row.told_place is None:
            return False
        place = place_of(row.conversation_id, self._register.waiting())
        return place is not None and is_news(row.told_place, place)

    def _hours(self) -> OfficeHours | None:
        return self._institutions.get(self._institution_id).contact.office_hours

    def _open(self, row: CallbackRow) -> CallBackRequest:
        sealed = Sealed(row.nonce, row.ciphertext)
        return CallBackRequest(**json.loads(self._vault.open(row.conversation_id, row.id, sealed)))
