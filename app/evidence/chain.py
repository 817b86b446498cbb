"""Walking the chain of an institution's log from its first entry to its last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from app.evidence.hashes import GENESIS, bears_mac, entry_hash, entry_mac
from app.evidence.report import AuditBreach, Breach
from app.evidence.tables import KEYED, UNKEYED, AuditEntryRow
from app.evidence.vouching import Kind

_BATCH = 500
_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Voucher:
    """What an entry says of a record; there is one for every message ever said, so it holds no more than that.

    ``digest`` None: it names the record and vouches for nothing.
    """

    seq: int
    digest: str | None
    fields: str


@dataclass
class Chain:
    """What walking the chain gathered: the hash of each entry, and for each record the last entry with a digest.

    A record that is named by entries without a digest only has the first of them.
    """

    hashes: dict[int, str] = field(default_factory=dict)
    vouching: dict[tuple[Kind, str], Voucher] = field(default_factory=dict)
    last_seq: int = 0
    last_hash: str = GENESIS
    form: int = UNKEYED

    def take(self, entry: AuditEntryRow) -> None:
        """Goes on to the next entry."""
        self.last_seq, self.last_hash = entry.seq, entry.hash
        self.form = max(self.form, entry.version)
        self.hashes[entry.seq] = entry.hash
        kind = _KINDS.get(entry.action.split(":")[0])
        if kind is not None and (entry.digest or (kind, entry.subject_id) not in self.vouching):
            self.vouching[kind, entry.subject_id] = Voucher(entry.seq, entry.digest, entry.fields)


def walk(session: Session, institution_id: str, chain: Chain, key: bytes) -> Iterator[AuditBreach]:
    """What is wrong with the entries, in order; ``chain`` gathers them on the way."""
    own = select(AuditEntryRow).where(AuditEntryRow.institution_id == institution_id)
    entries = session.exec(own.order_by(col(AuditEntryRow.seq)).execution_options(yield_per=_BATCH))
    for entry in entries:
        if entry.seq != chain.last_seq + 1 or entry.prev_hash != chain.last_hash:
            yield AuditBreach(Breach.CHAIN_BROKEN, entry.seq, entry.subject_id)
        if entry_hash(entry) != entry.hash:
            yield AuditBreach(Breach.ENTRY_CHANGED, entry.seq, entry.subject_id)
        elif max(chain.form, entry.version) >= KEYED and not bears_mac(entry, entry_mac(key, entry)):
            yield AuditBreach(Breach.ENTRY_FORGED, entry.seq, entry.subject_id)
        chain.take(entry)
