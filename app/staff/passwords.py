"""Passwords: argon2id (RFC 9106) with the library's current parameters."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.staff.errors import NameAsPassword, WeakPassword

MIN_CHARS = 12

HASHER = PasswordHasher()


def hash_password(password: str, username: str) -> str:
    """The hash to store of the password of ``username``.

    Raises:
        WeakPassword: it has fewer than ``MIN_CHARS`` characters.
        NameAsPassword: it has, but not without the user name in it.
    """
    if len(password) < MIN_CHARS:
        raise WeakPassword(MIN_CHARS)
    if len(password.casefold().replace(username.casefold(), "")) < MIN_CHARS:
        raise NameAsPassword(MIN_CHARS)
    return HASHER.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one hashed. None (no such account) costs the same time and is False."""
    try:
        return HASHER.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return HASHER.hash("the password of nobody at all")
