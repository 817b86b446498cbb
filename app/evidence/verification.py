"""Proving that an institution's log is whole: the chain, its signed checkpoints, and the evidence it vouches for.

Needs the master key but no conversation's key: erased conversations still verify.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.conversations.vault import KeyVault
from app.db.columns import now_utc
from app.db.session import Database
from app.evidence.audit import GENESIS, Ledger, entry_hash
from app.evidence.checkpoints import Checkpoint
from app.evidence.report import AuditBreach, AuditReport, Breach
from app.evidence.service import audited_fields, row_digest
from app.evidence.tables import AuditEntryRow, AuditHeadRow, EvidenceRow

_RECORDED = "answer:record:"
_BATCH = 500


@dataclass
class _Chain:
    """What walking the chain gathered: the hash of each entry, and the entry of each recorded answer."""

    hashes: dict[int, str] = field(default_factory=dict)
    recorded: dict[str, AuditEntryRow] = field(default_factory=dict)
    last_seq: int = 0
    last_hash: str = GENESIS


class AuditVerifier:
    """Verifies and checkpoints the logs of a database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def verify(self, institution_id: str) -> AuditReport:
        """Read everything and say what is wrong. Changes nothing; an institution without entries is whole.

        Raises:
            MissingInstitution: no institution was named.
        """
        checkpoints = self._ledger.checkpoints.read(institution_id)  # first: the log may only be ahead of them
        with self._database.read() as session:
            vault = KeyVault(session, institution_id, self._ledger.master)
            chain = _Chain()
            breaches = list(_walk(session, institution_id, chain))
            breaches += _check_head(session, institution_id, chain)
            breaches += _check_checkpoints(chain, checkpoints.valid)
            breaches += [AuditBreach(Breach.CHECKPOINT_FORGED, 0, f"line {n}") for n in checkpoints.forged_lines]
            breaches += _check_evidence(session, institution_id, chain, self._ledger.master.audit)
            return AuditReport(
                institution_id=institution_id,
                entries=len(chain.hashes),
                head_hash=chain.last_hash,
                anchored=max((c.seq for c in checkpoints.valid), default=0),
                evidence=_count_evidence(session, institution_id),
                erased_conversations=vault.count_destroyed(),
                breaches=tuple(breaches),
            )

    def checkpoint(self, institution_id: str) -> None:
        """Sign where the log ends now; at shutdown, and after a verification that found nothing. Empty: nothing."""
        with self._database.read() as session:
            head = _head(session, institution_id)
        if head is not None and head.seq > 0:
            self._ledger.checkpoints.write(Checkpoint(institution_id, head.seq, head.hash, now_utc()))


def _walk(session: Session, institution_id: str, chain: _Chain) -> Iterator[AuditBreach]:
    own = select(AuditEntryRow).where(AuditEntryRow.institution_id == institution_id)
    entries = session.exec(own.order_by(col(AuditEntryRow.seq)).execution_options(yield_per=_BATCH))
    for entry in entries:
        if entry.seq != chain.last_seq + 1 or entry.prev_hash != chain.last_hash:
            yield AuditBreach(Breach.CHAIN_BROKEN, entry.seq, entry.subject_id)
        if entry_hash(entry) != entry.hash:
            yield AuditBreach(Breach.ENTRY_CHANGED, entry.seq, entry.subject_id)
        chain.last_seq, chain.last_hash = entry.seq, entry.hash
        chain.hashes[entry.seq] = entry.hash
        if entry.action.startswith(_RECORDED):
            chain.recorded[entry.subject_id] = entry


def _check_head(session: Session, institution_id: str, chain: _Chain) -> Iterator[AuditBreach]:
    head = _head(session, institution_id)
    found = (0, GENESIS) if head is None else (head.seq, head.hash)
    if found != (chain.last_seq, chain.last_hash):
        yield AuditBreach(Breach.HEAD_WRONG, found[0], found[1])


def _check_checkpoints(chain: _Chain, checkpoints: Sequence[Checkpoint]) -> Iterator[AuditBreach]:
    for checkpoint in checkpoints:
        stored = chain.hashes.get(checkpoint.seq)
        if stored is None:
            yield AuditBreach(Breach.TAIL_CUT, checkpoint.seq, checkpoint.hash)
        elif stored != checkpoint.hash:
            yield AuditBreach(Breach.HISTORY_REWRITTEN, checkpoint.seq, checkpoint.hash)


def _check_evidence(session: Session, institution_id: str, chain: _Chain, key: bytes) -> Iterator[AuditBreach]:
    missing = dict(chain.recorded)
    own = select(EvidenceRow).where(EvidenceRow.institution_id == institution_id)
    for row in session.exec(own.order_by(col(EvidenceRow.answer_id)).execution_options(yield_per=_BATCH)):
        entry = missing.pop(row.answer_id, None)
        if entry is None:
            yield AuditBreach(Breach.EVIDENCE_UNRECORDED, 0, row.answer_id)
        elif not _vouches(entry, row, key):
            yield AuditBreach(Breach.EVIDENCE_CHANGED, entry.seq, row.answer_id)
    for answer_id, entry in missing.items():
        yield AuditBreach(Breach.EVIDENCE_MISSING, entry.seq, answer_id)


def _vouches(entry: AuditEntryRow, row: EvidenceRow, key: bytes) -> bool:
    """Whether the entry's digest and fields are those of the row as it is stored now."""
    digest = row_digest(key, row)
    same_digest = hmac.compare_digest(digest, entry.digest or "") and hmac.compare_digest(digest, row.digest)
    return same_digest and json.loads(entry.fields) == audited_fields(row)


def _head(session: Session, institution_id: str) -> AuditHeadRow | None:
    return session.exec(select(AuditHeadRow).where(AuditHeadRow.institution_id == institution_id)).one_or_none()


def _count_evidence(session: Session, institution_id: str) -> int:
    counted = select(func.count()).select_from(EvidenceRow).where(EvidenceRow.institution_id == institution_id)
    return session.exec(counted).one()
