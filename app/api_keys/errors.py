"""Why a key is refused. No message holds a key; what it begins with is public.

ApiKeyError
├── KeyUnknown      no key like this: never made, mistyped, or of another platform
├── KeyMissing      none was sent
├── KeyOver         it was revoked, or has expired
├── ScopeMissing    it does not open this door
├── LimitReached    it asked too much within a minute or a day, or too much at once
├── KeyWrong        a key can't be made as it was asked for
└── KeyNotFound     no such key in this institution
"""

from __future__ import annotations

from app.db.errors import RowNotFound


class ApiKeyError(Exception):
    """The root of this tree."""


class KeyUnknown(ApiKeyError):
    """Whatever is wrong with it: a stranger learns nothing."""

    def __init__(self) -> None:
        super().__init__("no API key is like the one that was sent; check it, or ask the institution for another")


class KeyMissing(ApiKeyError):
    """Nothing was sent that could be one."""

    def __init__(self) -> None:
        super().__init__(
            "no API key was sent; send one as Authorization: Bearer ck_…; the institution makes it with candour keys "
            "add, or in console · Programs"
        )


class KeyOver(ApiKeyError):
    """Told only to whoever holds the secret."""

    def __init__(self, public: str, how: str) -> None:
        super().__init__(f"the API key {public} {how}; ask the institution for another")


class ScopeMissing(ApiKeyError):
    """The key is good, for something else."""

    def __init__(self, public: str, scope: str) -> None:
        super().__init__(f"the API key {public} does not have the scope {scope}; ask the institution for one that has")


class LimitReached(ApiKeyError):
    """Nothing was asked. ``retry_after_s``: seconds until it may be."""

    def __init__(self, public: str, limit: str, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"the API key {public} may ask {limit}; try again in {retry_after_s} s")


class KeyWrong(ApiKeyError):
    """The message is for whoever asks for the key."""


class KeyNotFound(ApiKeyError, RowNotFound):
    """Revoked ones are found: they stay listed."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"there is no API key {key_id!r} here; `candour keys list` shows them")
