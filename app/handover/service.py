"""Giving a conversation to a person: a case, a state in which the assistant is silent, and a way to call back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlmodel import Session, col

from app.cases.service import CaseService
from app.cases.types import Case, Flag, Trigger
from app.conversations.service import ConversationService
from app.conversations.vault import KeyVault, Sealed
from app.db.columns import canonical_json, new_id, now_utc
from app.db.repository import ScopedRepository
from app.evidence.audit import AuditLog, Happening, Ledger
from app.handover.tables import CallbackRow
from app.handover.types import CallBackRequest
from guardrails.types import Severity


def human_incident(conversation_id: str) -> str:
    """The incident that all wishes for a person in one conversation belong to."""
    return f"human:{conversation_id}"


class CallbackRepository(ScopedRepository[CallbackRow]):
    """Call-back requests by case."""

    table = CallbackRow

    def of(self, case_id: str) -> Sequence[CallbackRow]:
        """The requests of a case, oldest first."""
        own = self.rows().where(CallbackRow.case_id == case_id)
        return self.session.exec(own.order_by(col(CallbackRow.at), col(CallbackRow.id))).all()


class HandoverService:
    """Hand-overs of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._callbacks = CallbackRepository(session, institution_id)
        self._conversations = ConversationService(session, institution_id, ledger)
        self._cases = CaseService(session, institution_id, ledger)
        self._vault = KeyVault(session, institution_id, ledger.master)
        self._audit = AuditLog(session, institution_id, ledger)
        self._institution_id = institution_id

    def request(self, conversation_id: str, answer_id: str | None = None) -> Case:
        """Hand the conversation to a person and open its case; asking again adds to the open one.

        Raises:
            ConversationNotFound: there is none in this institution.
        """
        self._audit.lock()
        self._conversations.hand_to_human(conversation_id)
        incident = human_incident(conversation_id)
        return self._cases.open(Flag(Trigger.HUMAN_WANTED, Severity.S3, conversation_id, answer_id, incident))

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

    def _open(self, row: CallbackRow) -> CallBackRequest:
        sealed = Sealed(row.nonce, row.ciphertext)
        return CallBackRequest(**json.loads(self._vault.open(row.conversation_id, row.id, sealed)))
