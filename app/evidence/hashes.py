"""What entries, heads and sealed records of an audit log are hashed over, and what is keyed.

An entry's hash is a bare SHA-256, so that anyone who is handed the log can compute the chain again and hold it against
the signed checkpoints. What nobody can compute without the master key is the entry's ``mac`` over that hash, and the
head's over the length of the chain: whoever only has the database can neither add, change nor cut.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from app.db.columns import canonical_json
from app.evidence.tables import KEYED, AuditEntryRow, AuditHeadRow

GENESIS = "0" * 64


def hashed_members(entry: AuditEntryRow) -> dict[str, str | int | None]:
    """What an entry's hash is taken over: every column but hash and mac. ``fields`` stays the text it is stored as.

    The UNKEYED form names no version: those entries keep the hash they were written with.
    """
    members: dict[str, str | int | None] = {
        "institution": entry.institution_id,
        "seq": entry.seq,
        "at": entry.at.isoformat(timespec="microseconds"),
        "action": entry.action,
        "subject": entry.subject_id,
        "digest": entry.digest,
        "fields": entry.fields,
        "prev": entry.prev_hash,
    }
    return {**members, "version": entry.version} if entry.version >= KEYED else members


def entry_hash(entry: AuditEntryRow) -> str:
    """SHA-256 over the canonical JSON of the hashed members, lower-case hex."""
    return hashlib.sha256(canonical_json(hashed_members(entry)).encode()).hexdigest()


def entry_mac(key: bytes, entry: AuditEntryRow) -> str:
    """HMAC-SHA256 of an entry's hash and place."""
    return keyed(key, "entry", {"institution": entry.institution_id, "seq": entry.seq, "hash": entry.hash})


def head_mac(key: bytes, head: AuditHeadRow) -> str:
    """HMAC-SHA256 of a head: where the chain ends, how long it is, and how many checkpoints were made of it."""
    members = {
        "institution": head.institution_id,
        "version": head.version,
        "seq": head.seq,
        "hash": head.hash,
        "checkpoints": head.checkpoints,
    }
    return keyed(key, "head", members)


def bears_mac(row: AuditEntryRow | AuditHeadRow, expected: str) -> bool:
    """Whether a row is of the keyed form and carries ``expected``."""
    return row.version >= KEYED and same(row.mac, expected)


def same(stored: str | None, expected: str) -> bool:
    """Whether a stored digest is ``expected``, compared as bytes: what was tampered with may be no hex at all."""
    return hmac.compare_digest((stored or "").encode(), expected.encode())


def keyed(key: bytes, kind: str, members: Mapping[str, object]) -> str:
    """HMAC-SHA256 of members as canonical JSON, bound to what they are of; lower-case hex."""
    message = canonical_json({"kind": kind, "members": members}).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def sealed_digest(key: bytes, record: tuple[str, ...], nonce: bytes, ciphertext: bytes) -> str:
    """HMAC-SHA256 of a sealed record and its ids: keyed, so that the log holds no bare hash of anyone's words."""
    message = "\x1f".join(record).encode() + b"\x1e" + nonce + ciphertext
    return hmac.new(key, message, hashlib.sha256).hexdigest()
