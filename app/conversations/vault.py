"""The key vault: every conversation has an AES-256 key of its own; destroying it erases all that was said.

Records are sealed with AES-GCM (NIST SP 800-38D). The associated data names institution, conversation and record, so
that a sealed record can't be moved elsewhere. Keys are wrapped by a key derived from the master key.

Erasure holds for this database: SQLite overwrites the key (``secure_delete``), PostgreSQL at its next vacuum. Backups
keep wrapped keys until they expire.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.conversations.errors import ConversationErased, ConversationNotFound, SealBroken
from app.conversations.tables import ConversationKeyRow
from app.db.columns import now_utc
from app.db.repository import ScopedRepository
from app.db.session import forget, kept
from app.keys import MasterKey

NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealed:
    """An encrypted record; the authentication tag is the ciphertext's end."""

    nonce: bytes
    ciphertext: bytes


class KeyVault(ScopedRepository[ConversationKeyRow]):
    """Seals and opens the records of one institution's conversations."""

    table = ConversationKeyRow

    def __init__(self, session: Session, institution_id: str, master: MasterKey) -> None:
        super().__init__(session, institution_id)
        self._wrapping = AESGCM(master.wrapping)

    def create(self, conversation_id: str) -> None:
        """Make and store the key of a new conversation."""
        nonce = os.urandom(NONCE_BYTES)
        key = AESGCM.generate_key(bit_length=256)
        wrapped = nonce + self._wrapping.encrypt(nonce, key, self._bound_to(conversation_id, "key"))
        row = ConversationKeyRow(
            institution_id=self.institution_id, conversation_id=conversation_id, wrapped_key=wrapped
        )
        self.add(row)

    def seal(self, conversation_id: str, record_id: str, plaintext: bytes) -> Sealed:
        """Encrypt a record of a conversation, in a transaction that holds the lock of the institution's log.

        Its key is read once: whoever destroys it meanwhile destroys what is sealed with it, too.

        Raises:
            ConversationNotFound: no such conversation. ConversationErased: its key is gone.
        """
        nonce = os.urandom(NONCE_BYTES)
        bound = self._bound_to(conversation_id, record_id)
        cipher = kept(self.session, self._kept_as(conversation_id), lambda: self._cipher(conversation_id))
        return Sealed(nonce, cipher.encrypt(nonce, plaintext, bound))

    def open(self, conversation_id: str, record_id: str, sealed: Sealed) -> bytes:
        """Decrypt a record.

        Raises:
            ConversationNotFound: no such conversation. ConversationErased: its key is gone.
            SealBroken: the record is not the one that was sealed.
        """
        bound = self._bound_to(conversation_id, record_id)
        try:
            return self._cipher(conversation_id).decrypt(sealed.nonce, sealed.ciphertext, bound)
        except InvalidTag:
            raise SealBroken(record_id) from None

    def destroy(self, conversation_id: str) -> bool:
        """Destroy a conversation's key for good; False where that was done before.

        Raises:
            ConversationNotFound: no such conversation.
        """
        row = self._row(conversation_id)
        if row.wrapped_key is None:
            return False
        forget(self.session, self._kept_as(conversation_id))
        row.wrapped_key, row.destroyed_at = None, now_utc()
        self.save(row)
        return True

    def is_destroyed(self, conversation_id: str) -> bool:
        """Whether the conversation was erased.

        Raises:
            ConversationNotFound: no such conversation.
        """
        return self._row(conversation_id).wrapped_key is None

    def count_destroyed(self) -> int:
        """How many of the institution's conversations were erased."""
        own = ConversationKeyRow.institution_id == self.institution_id
        gone = col(ConversationKeyRow.destroyed_at).is_not(None)
        return self.session.exec(select(func.count()).select_from(ConversationKeyRow).where(own, gone)).one()

    def destroyed(self) -> frozenset[str]:
        """The institution's conversations that were erased."""
        own = ConversationKeyRow.institution_id == self.institution_id
        gone = col(ConversationKeyRow.destroyed_at).is_not(None)
        return frozenset(self.session.exec(select(ConversationKeyRow.conversation_id).where(own, gone)))

    def _cipher(self, conversation_id: str) -> AESGCM:
        wrapped = self._row(conversation_id).wrapped_key
        if wrapped is None:
            raise ConversationErased(conversation_id)
        nonce, ciphertext = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self._wrapping.decrypt(nonce, ciphertext, self._bound_to(conversation_id, "key")))
        except InvalidTag:
            raise SealBroken(f"key of {conversation_id}") from None

    def _row(self, conversation_id: str) -> ConversationKeyRow:
        row = self.find(ConversationKeyRow.conversation_id == conversation_id)
        if row is None:
            raise ConversationNotFound(conversation_id)
        return row

    def _kept_as(self, conversation_id: str) -> str:
        return f"cipher:{self.institution_id}:{conversation_id}"

    def _bound_to(self, conversation_id: str, record_id: str) -> bytes:
        return "\x1f".join((self.institution_id, conversation_id, record_id)).encode()
