"""Evidence as the audit log vouches for it, and all records of all nouns that it vouches for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from app.api_keys.records import key_records
from app.cases.records import case_records
from app.conversations.records import message_records
from app.documents.records import version_records
from app.evidence.hashes import same, sealed_digest
from app.evidence.pieces import piece_records
from app.evidence.repository import EvidenceRepository
from app.evidence.tables import EvidenceRow
from app.evidence.vouching import Kind, Record
from app.handover.records import handover_records
from app.removal.records import removal_records
from app.rules.records import rule_records
from app.switches.records import switch_records
from app.webhooks.records import webhook_records

_CONTRADICTED = ""  # the digest of no record


def stored_records(session: Session, institution_id: str, key: bytes) -> Iterator[Record]:
    """Everything stored for an institution that its log vouches for."""
    for row in EvidenceRepository(session, institution_id).stream():
        yield evidence_record(key, row)
    yield from piece_records(session, institution_id, key)
    yield from case_records(session, institution_id, key)
    yield from message_records(session, institution_id, key)
    yield from version_records(session, institution_id, key)
    yield from removal_records(session, institution_id, key)
    yield from switch_records(session, institution_id, key)
    yield from rule_records(session, institution_id, key)
    yield from key_records(session, institution_id, key)
    yield from webhook_records(session, institution_id, key)
    yield from handover_records(session, institution_id, key)


def evidence_record(key: bytes, row: EvidenceRow) -> Record:
    """Sealed evidence; its plain columns are repeated by the entry, so that a change of either shows."""
    digest = row_digest(key, row)
    stated = {
        "conversation_id": row.conversation_id,
        "status": row.status,
        "reason": row.reason,
        "created_at": row.created_at.isoformat(timespec="microseconds"),
    }
    vouched = digest if same(row.digest, digest) else _CONTRADICTED
    return Record(Kind.EVIDENCE, row.answer_id, vouched, stated)


def row_digest(key: bytes, row: EvidenceRow) -> str:
    """The keyed digest of a sealed row, bound to its institution, conversation and answer."""
    record = (row.institution_id, row.conversation_id, row.answer_id)
    return sealed_digest(key, record, row.nonce, row.ciphertext)
