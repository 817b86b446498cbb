"""Making, listing and revoking API keys, each step in the institution's log."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from sqlmodel import Session

from app.api_keys.errors import KeyOver, KeyWrong
from app.api_keys.records import key_record
from app.api_keys.repository import ApiKeyRepository, ApiKeyUseRepository
from app.api_keys.tables import ApiKeyRow, ApiKeyUseRow
from app.api_keys.types import (
    MAX_NAME_CHARACTERS,
    MOST,
    MOST_DAYS,
    PREFIX,
    ApiKey,
    Issued,
    Limits,
    Scope,
    Wish,
    Written,
)
from app.db.columns import now_utc
from app.evidence.audit import AuditLog, Ledger
from app.keys import MasterKey
from app.plain_text import unseen

ID_BYTES, SECRET_BYTES = 6, 32


class ApiKeyService:
    """The API keys of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._keys = ApiKeyRepository(session, institution_id)
        self._uses = ApiKeyUseRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)
        self._master = ledger.master
        self._institution_id = institution_id

    def add(self, wish: Wish, by: str) -> Issued:
        """A new key.

        Raises:
            KeyWrong: the wish can't be granted; the message says what to change.
        """
        check(wish)
        self._audit.lock()
        key_id, now = secrets.token_hex(ID_BYTES), now_utc()
        whole = f"{PREFIX}{self._institution_id}_{key_id}_{secrets.token_hex(SECRET_BYTES)}"
        row = ApiKeyRow(
            institution_id=self._institution_id,
            id=key_id,
            digest=digest_of(self._master, whole),
            name=wish.name.strip(),
            scopes=sorted(wish.scopes),
            a_minute=wish.limits.a_minute,
            at_once=wish.limits.at_once,
            a_day=wish.limits.a_day,
            by=by,
            at=now,
            expires_at=now + timedelta(days=wish.days),
        )
        self._keys.add(row)
        self._uses.add(ApiKeyUseRow(institution_id=self._institution_id, key_id=key_id))
        self._audit.append(key_record(self._master.audit, row).happening("add:done"))
        return Issued(self._key(row), whole)

    def revoke(self, key_id: str, by: str) -> ApiKey:
        """Close a key for good, from the next request on.

        Raises:
            KeyNotFound: there is none in this institution. KeyOver: it was revoked before.
        """
        self._audit.lock()
        row = self._keys.get(key_id)
        if row.revoked_at is not None:
            raise KeyOver(self._key(row).public, "was revoked before")
        row.revoked_at, row.revoked_by = now_utc(), by
        self._keys.save(row)
        self._audit.append(key_record(self._master.audit, row).happening("revoke:done"))
        return self._key(row)

    def all(self) -> tuple[ApiKey, ...]:
        """Every key, revoked and expired ones too, the newest first."""
        return tuple(self._key(row) for row in self._keys.all())

    def find(self, written: Written) -> ApiKey | None:
        """The key that was sent, good or not; None where its secret is not the one that was made.

        The comparison takes as long whether there is such a key or not.
        """
        row = self._keys.find(ApiKeyRow.id == written.id)
        digest = digest_of(self._master, written.whole)
        same = hmac.compare_digest(digest, row.digest if row else "0" * len(digest))
        return self._key(row) if row is not None and same else None

    def _key(self, row: ApiKeyRow) -> ApiKey:
        use = self._uses.find(ApiKeyUseRow.key_id == row.id)
        return ApiKey(
            institution_id=row.institution_id,
            id=row.id,
            name=row.name,
            scopes=frozenset(map(Scope, row.scopes)),
            limits=Limits(row.a_minute, row.at_once, row.a_day),
            by=row.by,
            at=row.at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            revoked_by=row.revoked_by,
            last_used=use.minute.replace(minute=0) if use and use.minute else None,
        )


def digest_of(master: MasterKey, whole: str) -> str:
    """The keyed digest that stands for a key, in hex: of no use to whoever reads the database alone."""
    return hmac.digest(master.api_keys, whole.encode(), sha256).hex()


def check(wish: Wish) -> None:
    """Whether a key can be made as it is asked for.

    Raises:
        KeyWrong: no; the message says what to change.
    """
    name = wish.name.strip()
    if not name or len(name) > MAX_NAME_CHARACTERS or unseen(name):
        raise KeyWrong(f"give the key a name of 1 to {MAX_NAME_CHARACTERS} characters that can be read")
    if not wish.scopes:
        raise KeyWrong(f"choose at least one scope: {', '.join(Scope)}")
    if not 1 <= wish.days <= MOST_DAYS:
        raise KeyWrong(f"a key lasts 1 to {MOST_DAYS} days")
    asked, most = wish.limits, MOST
    for words, value, limit in (
        ("requests a minute", asked.a_minute, most.a_minute),
        ("requests at once", asked.at_once, most.at_once),
        ("requests a day", asked.a_day, most.a_day),
    ):
        if not 1 <= value <= limit:
            raise KeyWrong(f"{words}: choose a number from 1 to {limit}")
