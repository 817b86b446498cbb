"""The audit log: one append-only chain of hashes per institution, written in the transaction it tells of."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session, select

from app.db.columns import canonical_json, now_utc
from app.db.repository import ScopedRepository
from app.db.session import after_commit
from app.evidence.checkpoints import Checkpoint, Checkpoints
from app.evidence.tables import AuditEntryRow, AuditHeadRow
from app.keys import MasterKey

GENESIS = "0" * 64
PLATFORM = "_platform"  # the chain of what belongs to no institution (accounts, logins); no institution can be so named

FieldValue = str | int | bool | None


@dataclass(frozen=True)
class Ledger:
    """What the logs of all institutions share; a checkpoint is written every ``checkpoint_every`` entries."""

    master: MasterKey
    checkpoints: Checkpoints
    checkpoint_every: int = 100


@dataclass(frozen=True)
class Happening:
    """What happened. ``action`` reads ``subject:action:result``; ``fields`` hold ids and states, nothing personal.

    ``digest`` is the keyed digest of a sealed record the entry vouches for.
    """

    action: str
    subject_id: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    digest: str | None = None


class AuditLog(ScopedRepository[AuditEntryRow]):
    """Appends to one institution's chain."""

    table = AuditEntryRow

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        super().__init__(session, institution_id)
        self._ledger = ledger

    def lock(self) -> AuditHeadRow:
        """The head of the chain, locked until the transaction ends: writers of one institution take turns from here.

        Take it before reading a state that must still hold when the entry is written.
        """
        self.session.execute(
            text("INSERT INTO audit_head (institution_id, seq, hash) VALUES (:id, 0, :hash) ON CONFLICT DO NOTHING"),
            {"id": self.institution_id, "hash": GENESIS},
        )
        own = select(AuditHeadRow).where(AuditHeadRow.institution_id == self.institution_id)
        return self.session.exec(own.with_for_update().execution_options(populate_existing=True)).one()

    def append(self, happening: Happening) -> AuditEntryRow:
        """Write the next entry and move the head."""
        head = self.lock()
        entry = AuditEntryRow(
            institution_id=self.institution_id,
            seq=head.seq + 1,
            at=now_utc(),
            action=happening.action,
            subject_id=happening.subject_id,
            digest=happening.digest,
            fields=canonical_json(happening.fields),
            prev_hash=head.hash,
            hash="",
        )
        entry.hash = entry_hash(entry)
        self.add(entry)
        head.seq, head.hash = entry.seq, entry.hash
        self.session.flush()
        if entry.seq % self._ledger.checkpoint_every == 0:
            checkpoint = Checkpoint(self.institution_id, entry.seq, entry.hash, entry.at)
            after_commit(self.session, lambda: self._ledger.checkpoints.write(checkpoint))
        return entry


def hashed_members(entry: AuditEntryRow) -> dict[str, str | int | None]:
    """What an entry's hash is taken over: every column but the hash. ``fields`` stays the text it is stored as."""
    return {
        "institution": entry.institution_id,
        "seq": entry.seq,
        "at": entry.at.isoformat(timespec="microseconds"),
        "action": entry.action,
        "subject": entry.subject_id,
        "digest": entry.digest,
        "fields": entry.fields,
        "prev": entry.prev_hash,
    }


def entry_hash(entry: AuditEntryRow) -> str:
    """SHA-256 over the canonical JSON of the hashed members, lower-case hex."""
    return hashlib.sha256(canonical_json(hashed_members(entry)).encode()).hexdigest()


def sealed_digest(key: bytes, record: tuple[str, ...], nonce: bytes, ciphertext: bytes) -> str:
    """HMAC-SHA256 of a sealed record and its ids: keyed, so that the log holds no bare hash of anyone's words."""
    message = "\x1f".join(record).encode() + b"\x1e" + nonce + ciphertext
    return hmac.new(key, message, hashlib.sha256).hexdigest()
