"""Questions that a model is asked about and of whose answer nothing was released yet: kept until something is.

So a process that is killed meanwhile loses no question. The log does not vouch for a question that is kept; it vouches
for the message, or the evidence, that takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.conversations.errors import ConversationErased
from app.conversations.vault import KeyVault, Sealed
from app.db.columns import now_utc
from app.db.repository import ScopedRepository
from app.evidence.audit import AuditLog, Ledger
from app.evidence.tables import OpenQuestionRow
from app.evidence.types import Evidence


@dataclass(frozen=True)
class OpenQuestion:
    """A question with what is recorded where it is never answered: the evidence, and the answer in its place as JSON
    (``app.answering.types.Answer``)."""

    evidence: Evidence
    answer: str
    at: datetime


class OpenQuestionRepository(ScopedRepository[OpenQuestionRow]):
    """Open questions by conversation and by age."""

    table = OpenQuestionRow

    def of(self, conversation_id: str) -> Sequence[OpenQuestionRow]:
        """Those of a conversation, oldest first."""
        own = self.rows().where(OpenQuestionRow.conversation_id == conversation_id)
        return self.session.exec(own.order_by(col(OpenQuestionRow.at), col(OpenQuestionRow.answer_id))).all()

    def since_before(self, before: datetime) -> Sequence[str]:
        """The answers' ids of those asked before ``before``, oldest first."""
        own = (OpenQuestionRow.institution_id == self.institution_id, OpenQuestionRow.at < before)
        return self.session.exec(select(OpenQuestionRow.answer_id).where(*own).order_by(col(OpenQuestionRow.at))).all()

    def remove(self, row: OpenQuestionRow) -> None:
        """Nobody waits for it any more."""
        self._require_own(row)
        self.session.delete(row)


class OpenQuestions:
    """The open questions of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._questions = OpenQuestionRepository(session, institution_id)
        self._vault = KeyVault(session, institution_id, ledger.master)
        self._audit = AuditLog(session, institution_id, ledger)

    def keep(self, evidence: Evidence, answer: str) -> None:
        """Keep the question of ``evidence``, which is masked; see ``OpenQuestion``.

        Raises:
            ConversationNotFound, ConversationErased: there is nothing to keep it in.
        """
        self._audit.lock()
        words = json.dumps({"evidence": evidence.to_json().decode(), "answer": answer}, ensure_ascii=False).encode()
        sealed = self._vault.seal(evidence.conversation_id, evidence.answer_id, words)
        row = OpenQuestionRow(
            institution_id=self._questions.institution_id,
            answer_id=evidence.answer_id,
            conversation_id=evidence.conversation_id,
            nonce=sealed.nonce,
            ciphertext=sealed.ciphertext,
            at=now_utc(),
        )
        self._questions.add(row)

    def of(self, conversation_id: str) -> tuple[OpenQuestion, ...]:
        """The open questions of a conversation, oldest first.

        Raises:
            ConversationErased: its key is gone. SealBroken: one was changed.
        """
        return tuple(self._open(row) for row in self._questions.of(conversation_id))

    def settle(self, conversation_id: str, text: str) -> None:
        """``text`` was stored as a message, however often it was asked: somebody answers it, or has."""
        for row in self._questions.of(conversation_id):
            if self._open(row).evidence.question == text:
                self._questions.remove(row)

    def asked_before(self, before: datetime) -> Sequence[str]:
        """The answers' ids of the questions that are open since before ``before``, oldest first."""
        return self._questions.since_before(before)

    def give_up(self, answer_id: str) -> OpenQuestion | None:
        """The question, which is open no more; None where it was settled, or its conversation erased, meanwhile.

        Raises:
            SealBroken: it was changed.
        """
        self._audit.lock()
        row = self._questions.find(OpenQuestionRow.answer_id == answer_id)
        if row is None:
            return None
        self._questions.remove(row)
        try:
            return self._open(row)
        except ConversationErased:
            return None

    def _open(self, row: OpenQuestionRow) -> OpenQuestion:
        opened = self._vault.open(row.conversation_id, row.answer_id, Sealed(row.nonce, row.ciphertext))
        value: dict[str, str] = json.loads(opened)
        return OpenQuestion(Evidence.from_json(value["evidence"].encode()), value["answer"], row.at)
