"""Proving that an institution's log is whole: the chain, its signed checkpoints, and every record it vouches for.

Needs the master key but no conversation's key: erased conversations still verify.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlmodel import Session, select

from app.conversations.vault import KeyVault
from app.db.session import Database
from app.evidence.audit import AuditLog, Ledger
from app.evidence.chain import Chain, Voucher, walk
from app.evidence.checkpoints import Checkpoint
from app.evidence.citations import CitationIndex
from app.evidence.hashes import GENESIS, bears_mac, head_mac, same
from app.evidence.records import stored_records
from app.evidence.report import AuditBreach, AuditReport, Breach
from app.evidence.tables import AuditHeadRow
from app.evidence.vouching import Kind, Record, read_fields
from app.institutions.service import InstitutionService


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
        noted = self._noted_checkpoints(institution_id)  # first: the second place may only be ahead of the head
        checkpoints = self._ledger.checkpoints.read(institution_id)  # then: the log may only be ahead of these
        with self._database.read() as session:
            vault = KeyVault(session, institution_id, self._ledger.master)
            chain, counted = Chain(), Counter[Kind]()
            walked = walk(session, institution_id, chain, self._ledger.master.chain)
            breaches = list(_readable(walked, Breach.ENTRY_UNREADABLE))
            breaches += self._check_head(session, institution_id, chain)
            breaches += _check_checkpoints(chain, checkpoints.valid, noted)
            breaches += [AuditBreach(Breach.CHECKPOINT_FORGED, 0, f"line {n}") for n in checkpoints.forged_lines]
            stored = stored_records(session, institution_id, self._ledger.master.audit)
            breaches += _readable(_check_records(stored, chain, counted), Breach.RECORD_UNREADABLE)
            citations = CitationIndex(session, institution_id, self._ledger)
            changed = (AuditBreach(Breach.CITATIONS_CHANGED, 0, answer_id) for answer_id in citations.changed())
            breaches += _readable(changed, Breach.RECORD_UNREADABLE)
            return AuditReport(
                institution_id=institution_id,
                entries=len(chain.hashes),
                head_hash=chain.last_hash,
                anchored=max((c.seq for c in checkpoints.valid), default=0),
                evidence=counted[Kind.EVIDENCE],
                erased_conversations=vault.count_destroyed(),
                breaches=tuple(breaches),
                unlisted=citations.count_unlisted(),
            )

    def checkpoint(self, institution_id: str) -> None:
        """Sign where the log ends now; at shutdown, and after a verification that found nothing. Empty: nothing."""
        with self._database.write() as session:
            AuditLog(session, institution_id, self._ledger).checkpoint()

    def _noted_checkpoints(self, institution_id: str) -> int:
        with self._database.read() as session:
            head = _head(session, institution_id)
            return 0 if head is None else head.checkpoints

    def _check_head(self, session: Session, institution_id: str, chain: Chain) -> Iterator[AuditBreach]:
        head = _head(session, institution_id)
        found = (0, GENESIS) if head is None else (head.seq, head.hash)
        added = InstitutionService(session, self._ledger).knows(institution_id)  # which wrote the first entry
        if found != (chain.last_seq, chain.last_hash) or (added and not chain.hashes):
            yield AuditBreach(Breach.HEAD_WRONG, found[0], found[1])
        if head is not None and not bears_mac(head, head_mac(self._ledger.master.chain, head)):
            yield AuditBreach(Breach.HEAD_FORGED, head.seq, head.hash)


def _readable(found: Iterator[AuditBreach], otherwise: Breach) -> Iterator[AuditBreach]:
    """What was found, up to the first row with a value that its column can't have, such as an unknown state."""
    try:
        yield from found
    except (LookupError, ValueError) as error:
        yield AuditBreach(otherwise, 0, str(error).splitlines()[0])


def _check_checkpoints(chain: Chain, checkpoints: Sequence[Checkpoint], noted: int) -> Iterator[AuditBreach]:
    if len(set(checkpoints)) < noted:  # a line written twice is one checkpoint
        yield AuditBreach(Breach.CHECKPOINT_MISSING, 0, f"{len(set(checkpoints))} of {noted}")
    for checkpoint in checkpoints:
        stored = chain.hashes.get(checkpoint.seq)
        if stored is None:
            yield AuditBreach(Breach.TAIL_CUT, checkpoint.seq, checkpoint.hash)
        elif stored != checkpoint.hash:
            yield AuditBreach(Breach.HISTORY_REWRITTEN, checkpoint.seq, checkpoint.hash)


def _check_records(stored: Iterator[Record], chain: Chain, counted: Counter[Kind]) -> Iterator[AuditBreach]:
    missing = dict(chain.vouching)
    for record in stored:
        counted[record.kind] += 1
        voucher = missing.pop((record.kind, record.subject_id), None)
        if voucher is None or voucher.digest is None:
            yield AuditBreach(Breach[f"{record.kind.name}_UNRECORDED"], 0, record.subject_id)
        elif not _vouches(voucher, record):
            yield AuditBreach(Breach[f"{record.kind.name}_CHANGED"], voucher.seq, record.subject_id)
    for (kind, subject_id), voucher in missing.items():
        yield AuditBreach(Breach[f"{kind.name}_MISSING"], voucher.seq, subject_id)


def _vouches(voucher: Voucher, record: Record) -> bool:
    """Whether digest and fields of the entry are those of the record as it is stored now."""
    return same(voucher.digest, record.digest) and record.stated.items() <= read_fields(voucher.fields).items()


def _head(session: Session, institution_id: str) -> AuditHeadRow | None:
    return session.exec(select(AuditHeadRow).where(AuditHeadRow.institution_id == institution_id)).one_or_none()
