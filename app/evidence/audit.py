"""The audit log: one append-only keyed chain per institution, written in the transaction it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session, select

from app.db.columns import canonical_json, now_utc
from app.db.repository import ScopedRepository
from app.db.session import after_commit, kept
from app.evidence.checkpoints import Checkpoint, Checkpoints
from app.evidence.hashes import GENESIS, bears_mac, entry_hash, entry_mac, head_mac
from app.evidence.tables import KEYED, AuditEntryRow, AuditHeadRow
from app.keys import MasterKey

PLATFORM = "_platform"  # the chain of what belongs to no institution (accounts, logins); no institution can be so named

FieldValue = str | int | bool | None

_FIRST_HEAD = text(
    "INSERT INTO audit_head (institution_id, seq, hash, version, checkpoints, mac) "
    "VALUES (:institution_id, :seq, :hash, :version, :checkpoints, :mac) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True)
class Ledger:
    """What the logs of all institutions share; a checkpoint is written every ``checkpoint_every`` entries."""

    master: MasterKey
    checkpoints: Checkpoints
    checkpoint_every: int = 100


@dataclass(frozen=True)
class Happening:
    """What happened. ``action`` reads ``subject:action:result``; ``fields`` hold ids and states, nothing personal.

    ``digest`` is the keyed digest of a stored record the entry vouches for.
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
        self._key = ledger.master.chain

    def lock(self) -> AuditHeadRow:
        """The head of the chain, locked until the transaction ends: writers of one institution take turns from here.

        Take it before reading a state that must still hold when the entry is written, and before locking any other
        row: two writers that lock in the same order never wait for each other. It is read once: nobody can move it.
        """
        return kept(self.session, f"audit_head:{self.institution_id}", self._locked)

    def _locked(self) -> AuditHeadRow:
        return self._head() or self._first_head()

    def _head(self) -> AuditHeadRow | None:
        own = select(AuditHeadRow).where(AuditHeadRow.institution_id == self.institution_id)
        return self.session.exec(own.with_for_update().execution_options(populate_existing=True)).one_or_none()

    def _first_head(self) -> AuditHeadRow:
        """The head of a chain without entries; whoever makes it at the same time makes the same one."""
        first = AuditHeadRow(institution_id=self.institution_id, seq=0, hash=GENESIS)
        first.mac = head_mac(self._key, first)
        self.session.execute(_FIRST_HEAD, first.model_dump())
        head = self._head()
        assert head is not None  # noqa: S101 -- it was written in this transaction, or before it
        return head

    def append(self, happening: Happening) -> AuditEntryRow:
        """The next entry, and the head moved to it; they are sent to the database with what the unit of work stores."""
        head = self.lock()
        entry = self.put(self._entry(happening, head))
        intact = self._is_intact(head)
        if self._is_due(head.seq) or head.checkpoints < self._were_due(head.seq):
            self._count_checkpoints(head)  # those of earlier transactions are written by now
        head.seq, head.hash = entry.seq, entry.hash
        self._seal(head, intact)
        if self._is_due(entry.seq):
            checkpoint = Checkpoint(self.institution_id, entry.seq, entry.hash, entry.at)
            after_commit(self.session, lambda: self._ledger.checkpoints.write(checkpoint))
        return entry

    def checkpoint(self) -> None:
        """Sign where the log ends now and note in the head that it was signed. Empty or not intact: nothing."""
        head = self.lock()
        if head.seq > 0 and self._is_intact(head):
            self._ledger.checkpoints.write(Checkpoint(self.institution_id, head.seq, head.hash, now_utc()))
            self._count_checkpoints(head)
            self._seal(head, intact=True)

    def begin_keyed(self) -> None:
        """Give the head of a log from before heads were keyed its keyed form (see ``adoption``)."""
        head = self.lock()
        head.version = KEYED
        self._count_checkpoints(head)
        self._seal(head, intact=True)

    def _entry(self, happening: Happening, head: AuditHeadRow) -> AuditEntryRow:
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
        entry.mac = entry_mac(self._key, entry)
        return entry

    def _is_due(self, seq: int) -> bool:
        """At the first entry too: the second place knows from then on that the log is keyed."""
        return seq == 1 or (seq > 0 and seq % self._ledger.checkpoint_every == 0)

    def _were_due(self, seq: int) -> int:
        return min(seq, 1) + seq // self._ledger.checkpoint_every

    def _is_intact(self, head: AuditHeadRow) -> bool:
        return bears_mac(head, head_mac(self._key, head))

    def _count_checkpoints(self, head: AuditHeadRow) -> None:
        """Never fewer than before: what was removed from the second place stays noted."""
        head.checkpoints = max(head.checkpoints, self._ledger.checkpoints.count(self.institution_id))

    def _seal(self, head: AuditHeadRow, intact: bool) -> None:
        """A head found broken stays so: keyed anew by the next entry, it would hide that somebody moved it."""
        head.mac = head_mac(self._key, head) if intact else None
        self.session.add(head)
