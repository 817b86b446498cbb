"""The master key and the keys derived from it.

One secret of 32 bytes is kept; every use has a key of its own, derived by HKDF-SHA256 (RFC 5869) with the use as the
info, so that no key serves two purposes.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
FILE_NAME = "master.key"


class KeyFileError(Exception):
    """The master key can't be used; without it nothing stored can be read, so nothing is made up in its place."""


@dataclass(frozen=True)
class MasterKey:
    """The root secret; ``repr`` does not show it."""

    secret: bytes = field(repr=False)

    def derive(self, use: str) -> bytes:
        """32 bytes for one use; the same use always gives the same key."""
        return _derived(self.secret, use)

    @property
    def wrapping(self) -> bytes:
        """Wraps the keys of conversations."""
        return self.derive("conversation-keys")

    @property
    def audit(self) -> bytes:
        """Keys the digests in the audit log."""
        return self.derive("audit-digests")

    @property
    def chain(self) -> bytes:
        """Keys the entries and the heads of audit logs."""
        return self.derive("audit-chain")

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Signs audit checkpoints (Ed25519, RFC 8032)."""
        return Ed25519PrivateKey.from_private_bytes(self.derive("audit-checkpoints"))

    @property
    def tokens(self) -> bytes:
        """Signs the chat's short tokens."""
        return self.derive("chat-tokens")

    @property
    def model_caches(self) -> bytes:
        """Keys the names under which a model's server caches for each institution."""
        return self.derive("model-caches")

    @property
    def api_keys(self) -> bytes:
        """Keys the digests that stand for API keys."""
        return self.derive("api-keys")

    @property
    def webhooks(self) -> bytes:
        """What the secrets that webhooks are signed with are made from."""
        return self.derive("webhook-secrets")


@lru_cache(maxsize=64)  # a record asks for a dozen
def _derived(secret: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"candour/{use}".encode()).derive(secret)


def parse_master_key(text: str, source: str) -> MasterKey:
    """The key written as 64 hex digits.

    Raises:
        KeyFileError: it is written otherwise.
    """
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyFileError(f"the master key in {source} is not 64 hex digits; restore it from your backup")
    return MasterKey(secret)


def has_master_key(keys_dir: Path) -> bool:
    """Whether a key file lies in ``keys_dir``."""
    return (keys_dir / FILE_NAME).exists()


def load_or_create_master_key(keys_dir: Path) -> MasterKey:
    """The key in ``keys_dir/master.key``; made (mode 0600) where there is none.

    Raises:
        KeyFileError: the file is damaged or can't be read or written.
    """
    path = keys_dir / FILE_NAME
    try:
        if not path.exists():
            _create(path)
        return parse_master_key(path.read_text("ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"the master key file {path} can't be used ({type(error).__name__})") from error


def _create(path: Path) -> None:
    """Write a fresh key beside and link it into place: of two processes that start at once, one key wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
