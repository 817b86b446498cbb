"""API keys as plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MAX_NAME_CHARACTERS = 64
MOST_DAYS = 730  # a key that lasts for ever is never looked at again
USUAL_DAYS = 365
PREFIX = "ck_"
_WRITTEN = re.compile(r"ck_([a-z][a-z0-9-]{1,62})_([0-9a-f]{12})_([0-9a-f]{64})")


class Scope(StrEnum):
    """What a key opens. None of them reads evidence."""

    ANSWERS = "answers"  # /v1/answers and /v1/conversations
    SEARCH = "search"
    CHAT = "chat_completions"  # /v1/chat/completions and /v1/models


@dataclass(frozen=True)
class Limits:
    """How much may be asked: requests a minute and a day (Hong Kong's) over all processes, at once in each process."""

    a_minute: int = 60
    at_once: int = 4
    a_day: int = 10_000


MOST = Limits(a_minute=6_000, at_once=64, a_day=1_000_000)


@dataclass(frozen=True)
class Wish:
    """A key as it is asked for; it lasts for ``days``."""

    name: str
    scopes: frozenset[Scope]
    limits: Limits = Limits()
    days: int = USUAL_DAYS


@dataclass(frozen=True)
class ApiKey:
    """A key as it is stored: everything but its secret. ``last_used`` is the hour of the last request, None: never."""

    institution_id: str
    id: str
    name: str
    scopes: frozenset[Scope]
    limits: Limits
    by: str
    at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    last_used: datetime | None = None

    @property
    def public(self) -> str:
        """What the key begins with: it may be shown, and says whose it is."""
        return f"{PREFIX}{self.institution_id}_{self.id}"

    @property
    def origin(self) -> str:
        """The origin of the conversations that the key opened."""
        return f"api_key:{self.id}"

    def works(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class Issued:
    """A fresh key. ``secret`` is the whole of it, to be shown once: it is stored nowhere."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Written:
    """A key as a program sends it, taken apart."""

    institution_id: str
    id: str
    whole: str = field(repr=False)

    @classmethod
    def read(cls, sent: str) -> Written | None:
        """None where ``sent`` is not in the form of a key."""
        found = _WRITTEN.fullmatch(sent)
        return None if found is None else cls(found[1], found[2], sent)
