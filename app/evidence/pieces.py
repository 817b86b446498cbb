"""Pieces of answers: what a customer read while the rest was still being written, stored before each was shown.

A piece holds the answer and its evidence as far as they went. So an answer that a killed process left half told can be
closed from its last piece, with nothing lost and nothing made up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.conversations.vault import KeyVault, Sealed
from app.db.columns import now_utc
from app.db.repository import ScopedRepository
from app.evidence.audit import AuditLog, Ledger
from app.evidence.tables import AnswerPieceRow, EvidenceRow
from app.evidence.types import Evidence
from app.evidence.vouching import Kind, Record, record_digest


@dataclass(frozen=True)
class StoredPiece:
    """A piece read again. ``answer`` is the answer up to it, as JSON (``app.answering.types.Answer``)."""

    number: int
    evidence: Evidence
    answer: str


class AnswerPieceRepository(ScopedRepository[AnswerPieceRow]):
    """Pieces by answer."""

    table = AnswerPieceRow

    def of(self, answer_id: str) -> Sequence[AnswerPieceRow]:
        """The pieces of an answer, in order."""
        own = self.rows().where(AnswerPieceRow.answer_id == answer_id)
        return self.session.exec(own.order_by(col(AnswerPieceRow.number))).all()

    def growing(self, conversation_id: str, since: datetime) -> Sequence[AnswerPieceRow]:
        """The pieces, added since ``since``, of a conversation's answers without evidence of the whole; the oldest
        first."""
        closed = select(EvidenceRow.answer_id).where(
            EvidenceRow.institution_id == self.institution_id, EvidenceRow.conversation_id == conversation_id
        )
        own = self.rows().where(
            AnswerPieceRow.conversation_id == conversation_id,
            AnswerPieceRow.at >= since,
            col(AnswerPieceRow.answer_id).not_in(closed),
        )
        return self.session.exec(own.order_by(col(AnswerPieceRow.at), col(AnswerPieceRow.number))).all()

    def unclosed(self, before: datetime) -> Sequence[str]:
        """Answers without evidence of the whole, no piece of which was added since ``before``."""
        closed = select(EvidenceRow.answer_id).where(EvidenceRow.institution_id == self.institution_id)
        younger = select(AnswerPieceRow.answer_id).where(
            AnswerPieceRow.institution_id == self.institution_id, AnswerPieceRow.at >= before
        )
        own = select(AnswerPieceRow.answer_id).where(
            AnswerPieceRow.institution_id == self.institution_id,
            col(AnswerPieceRow.answer_id).not_in(closed),
            col(AnswerPieceRow.answer_id).not_in(younger),
        )
        return self.session.exec(own.distinct()).all()


class PieceService:
    """The pieces of one institution's answers, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._pieces = AnswerPieceRepository(session, institution_id)
        self._vault = KeyVault(session, institution_id, ledger.master)
        self._audit = AuditLog(session, institution_id, ledger)
        self._digest_key = ledger.master.audit

    def add(self, evidence: Evidence, answer: str, number: int) -> None:
        """Store a piece and its audit entry; it may be shown once the unit of work is committed.

        Raises:
            ConversationErased: the conversation was erased.
        """
        self._audit.lock()
        words = b'{"evidence": %b, "answer": %b}' % (
            evidence.to_json(),
            json.dumps(answer, ensure_ascii=False).encode(),
        )
        sealed = self._vault.seal(evidence.conversation_id, _sealed_as(evidence.answer_id, number), words)
        row = AnswerPieceRow(
            institution_id=self._pieces.institution_id,
            answer_id=evidence.answer_id,
            number=number,
            conversation_id=evidence.conversation_id,
            nonce=sealed.nonce,
            ciphertext=sealed.ciphertext,
            at=now_utc(),
        )
        self._pieces.put(row)
        self._audit.append(piece_record(self._digest_key, row).happening("release:done"))

    def of(self, answer_id: str) -> tuple[StoredPiece, ...]:
        """The pieces of an answer, in order; none where it was released as a whole.

        Raises:
            ConversationErased: its key is gone. SealBroken: one was changed.
        """
        return tuple(self._open(row) for row in self._pieces.of(answer_id))

    def growing(self, conversation_id: str, since: datetime) -> tuple[StoredPiece, ...]:
        """The last piece of each answer of a conversation that is still being written, the longest known first.

        One of which nothing came ``since`` is not: its process was killed, and it will be closed.

        Raises:
            ConversationErased, SealBroken: see ``of``.
        """
        last = {row.answer_id: row for row in self._pieces.growing(conversation_id, since)}
        return tuple(self._open(row) for row in last.values())

    def unclosed(self, before: datetime) -> Sequence[str]:
        """Answers that nobody finished telling since ``before``."""
        return self._pieces.unclosed(before)

    def _open(self, row: AnswerPieceRow) -> StoredPiece:
        sealed = Sealed(row.nonce, row.ciphertext)
        name = _sealed_as(row.answer_id, row.number)
        value: dict[str, Any] = json.loads(self._vault.open(row.conversation_id, name, sealed))
        return StoredPiece(row.number, Evidence.from_json(json.dumps(value["evidence"]).encode()), value["answer"])


def piece_record(key: bytes, row: AnswerPieceRow) -> Record:
    """A piece with its place in its answer."""
    members = {
        "institution_id": row.institution_id,
        "answer_id": row.answer_id,
        "number": row.number,
        "conversation_id": row.conversation_id,
        "nonce": row.nonce,
        "ciphertext": row.ciphertext,
        "at": row.at,
    }
    digest = record_digest(key, Kind.PIECE, members)
    return Record(Kind.PIECE, _sealed_as(row.answer_id, row.number), digest, {"conversation_id": row.conversation_id})


def piece_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Every piece of an institution's answers, in no order."""
    for row in AnswerPieceRepository(session, institution_id).stream():
        yield piece_record(key, row)


def _sealed_as(answer_id: str, number: int) -> str:
    return f"{answer_id}.{number}"
