"""Recording evidence before an answer is released, and reading it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from sqlmodel import Session

from app.conversations.errors import ConversationErased
from app.conversations.vault import KeyVault, Sealed
from app.documents.service import DocumentService
from app.evidence.audit import AuditLog, Ledger
from app.evidence.citations import CitationIndex, Listed, Listing
from app.evidence.errors import CitedVersionWithdrawn
from app.evidence.records import evidence_record, row_digest
from app.evidence.repository import EvidenceRepository
from app.evidence.tables import EvidenceRow
from app.evidence.types import Evidence
from knowledge_bases.schema import VersionKey

Recheck = Callable[[Session], None]


class EvidenceService:
    """The evidence of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._session = session
        self._evidence = EvidenceRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._documents = DocumentService(session, institution_id, ledger)
        self._vault = KeyVault(session, institution_id, ledger.master)
        self._citations = CitationIndex(session, institution_id, ledger)
        self._digest_key = ledger.master.audit

    def record(self, evidence: Evidence, recheck: Recheck | None = None) -> None:
        """Store evidence and its audit entry, if all it cites is still in force on its day.

        ``recheck`` reads whatever else must still hold (a kill switch) in the same transaction, and raises if not.
        The words may go out once the unit of work is committed, not before.

        Raises:
            CitedVersionWithdrawn: a cited version is not in force; nothing is stored, the unit of work is given up.
            ConversationNotFound: no such conversation. ConversationErased: it was erased.
        """
        self.require_in_force(evidence, recheck)
        self.close(evidence)

    def require_in_force(self, evidence: Evidence, recheck: Recheck | None = None) -> None:
        """Passes where the words of ``evidence`` may go out; see ``record``."""
        self._audit.lock()
        gone = self._documents.not_in_force(evidence.cited, evidence.as_of, evidence.known_at)
        if gone:
            raise CitedVersionWithdrawn(gone)
        if recheck is not None:
            recheck(self._session)

    def close(self, evidence: Evidence) -> None:
        """Store the evidence of an answer whose words went out piece by piece: nothing can be kept back any more.

        Raises:
            ConversationNotFound: no such conversation. ConversationErased: it was erased.
        """
        self._audit.lock()
        row = self._seal(evidence)
        self._evidence.put(row)
        self._citations.add(Listing.of(evidence))
        self._audit.append(evidence_record(self._digest_key, row).happening(f"record:{row.status}"))

    def lock(self) -> None:
        """Nobody else records anything of this institution before the unit of work ends."""
        self._audit.lock()

    def has(self, answer_id: str) -> bool:
        """Whether evidence of the answer was recorded."""
        return self._evidence.find(EvidenceRow.answer_id == answer_id) is not None

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

    def citing(self, key: VersionKey, limit: int, before: Listed | None = None) -> tuple[Listed, ...]:
        """At most ``limit`` answers that released words of a version, newest first, from the one after ``before`` on.

        Among them are those not listed yet, whatever they cite, and those of erased conversations.
        """
        return self._citations.citing(key, limit, before)

    def listings(self) -> Iterator[Listing]:
        """What every answer that was not erased cites, in no order: as listed, or as read where it is not listed yet.

        Raises:
            CitationsChanged: the list of one was changed. SealBroken: one not listed yet was.
        """
        erased = self._vault.destroyed()
        yield from (listing for listing in self._citations.sound() if listing.conversation_id not in erased)
        for answer_id in self._citations.unlisted():
            with suppress(ConversationErased):
                yield Listing.of(self.get(answer_id))

    def erased_listing(self, answer_id: str) -> Listing:
        """The listing of an answer that was erased: nobody knows any more what it cites, and nothing needs it.

        Raises:
            EvidenceNotFound: no such answer here.
        """
        row = self._evidence.get(answer_id)
        return Listing(answer_id, row.conversation_id, row.created_at, snapshot=None, cited=())

    def ids(self) -> frozenset[str]:
        """Every answer that evidence was recorded of."""
        return frozenset(self._evidence.ids())

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
