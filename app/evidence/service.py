"""Recording evidence before an answer is released, and reading it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from sqlmodel import Session

from app.conversations.errors import ConversationErased
from app.conversations.vault import KeyVault, Sealed
from app.documents.service import DocumentService
from app.evidence.audit import AuditLog, Ledger
from app.evidence.errors import CitedVersionWithdrawn
from app.evidence.records import evidence_record, row_digest
from app.evidence.repository import EvidenceRepository
from app.evidence.tables import EvidenceRow
from app.evidence.types import Evidence

Recheck = Callable[[Session], None]


class EvidenceService:
    """The evidence of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._session = session
        self._evidence = EvidenceRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._documents = DocumentService(session, institution_id, ledger)
        self._vault = KeyVault(session, institution_id, ledger.master)
        self._digest_key = ledger.master.audit

    def record(self, evidence: Evidence, recheck: Recheck | None = None) -> None:
        """Store evidence and its audit entry, if all it cites is still in force on its day.

        ``recheck`` reads whatever else must still hold (a kill switch) in the same transaction, and raises if not.
        The words may go out once the unit of work is committed, not before.

        Raises:
            CitedVersionWithdrawn: a cited version is not in force; nothing is stored, the unit of work is given up.
            ConversationNotFound: no such conversation. ConversationErased: it was erased.
        """
        self._audit.lock()
        gone = self._documents.not_in_force(evidence.cited, evidence.as_of, evidence.known_at)
        if gone:
            raise CitedVersionWithdrawn(gone)
        if recheck is not None:
            recheck(self._session)
        row = self._seal(evidence)
        self._evidence.add(row)
        self._audit.append(evidence_record(self._digest_key, row).happening(f"record:{row.status}"))

    def get(self, answer_id: str) -> Evidence:
        """The evidence of an answer.

        Raises:
            EvidenceNotFound: no such answer here. ConversationErased: its key is gone. SealBroken: it was changed.
        """
        return self._open(self._evidence.get(answer_id))

    def of_conversation(self, conversation_id: str) -> tuple[Evidence, ...]:
        """The evidence of every answer of a conversation, oldest first; empty where there is none.

        Raises:
            ConversationErased: its key is gone. SealBroken: it was changed.
        """
        return tuple(self._open(row) for row in self._evidence.of(conversation_id))

    def newest(self, limit: int, *, after: int = 0) -> tuple[str, ...]:
        """Ids of at most ``limit`` answers, newest first, without the newest ``after``."""
        return tuple(self._evidence.newest(limit, after))

    def readable(self) -> Iterator[Evidence]:
        """The evidence of every answer that was not erased, in no order.

        Raises:
            SealBroken: one was changed; what it cites is not known.
        """
        for row in self._evidence.stream():
            with suppress(ConversationErased):
                yield self._open(row)

    def _seal(self, evidence: Evidence) -> EvidenceRow:
        sealed = self._vault.seal(evidence.conversation_id, evidence.answer_id, evidence.to_json())
        row = EvidenceRow(
            institution_id=self._evidence.institution_id,
            answer_id=evidence.answer_id,
            conversation_id=evidence.conversation_id,
            status=evidence.status,
            reason=None if evidence.reason is None else evidence.reason.value,
            nonce=sealed.nonce,
            ciphertext=sealed.ciphertext,
            digest="",
            created_at=evidence.created_at,
        )
        row.digest = row_digest(self._digest_key, row)
        return row

    def _open(self, row: EvidenceRow) -> Evidence:
        sealed = Sealed(row.nonce, row.ciphertext)
        return Evidence.from_json(self._vault.open(row.conversation_id, row.answer_id, sealed))
