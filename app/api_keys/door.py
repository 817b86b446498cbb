"""Whether a program may come in: its key is looked up, held against its limits, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import ceil
from threading import Lock

from app.api_keys.errors import KeyOver, KeyUnknown, LimitReached, ScopeMissing
from app.api_keys.repository import ApiKeyUseRepository
from app.api_keys.service import ApiKeyService
from app.api_keys.types import ApiKey, Scope, Written
from app.db.columns import now_utc
from app.db.session import Database
from app.evidence.audit import Ledger
from app.hong_kong import HONG_KONG

FOLLOWED_FOR_ONE = 16  # conversations may be followed for each request that may be under way
_MINUTE = timedelta(minutes=1)


@dataclass
class KeyDoor:
    """One process's door. What is asked a minute and a day is counted in the database, by all processes together; what
    is under way at once only here.

    Raises (all methods that read or count):
        DatabaseAway: nobody comes in.
    """

    database: Database
    ledger: Ledger
    now: Callable[[], datetime] = now_utc
    _inside: Counter[str] = field(default_factory=Counter, repr=False)
    _following: Counter[str] = field(default_factory=Counter, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def read(self, sent: str, scope: Scope) -> ApiKey:
        """The key that was sent, which is good for ``scope``. Nothing is counted yet.

        Raises:
            KeyUnknown, KeyOver, ScopeMissing.
        """
        written = Written.read(sent)
        if written is None:
            raise KeyUnknown
        with self.database.read() as session:
            key = ApiKeyService(session, written.institution_id, self.ledger).find(written)
        if key is None:
            raise KeyUnknown
        if not key.works(self.now()):
            raise KeyOver(key.public, "has expired" if key.revoked_at is None else "was revoked")
        if scope not in key.scopes:
            raise ScopeMissing(key.public, scope)
        return key

    @contextmanager
    def inside(self, key: ApiKey) -> Iterator[None]:
        """While a request of the key is under way.

        Raises:
            LimitReached: as many are as may be.
        """
        with self._one_of(self._inside, key, key.limits.at_once, "requests at once"):
            yield

    @contextmanager
    def following(self, key: ApiKey) -> Iterator[None]:
        """While a request of the key only waits for what happens: it takes no place of those that ask.

        Raises:
            LimitReached: as many are as may be.
        """
        with self._one_of(
            self._following, key, key.limits.at_once * FOLLOWED_FOR_ONE, "conversations followed at once"
        ):
            yield

    @contextmanager
    def _one_of(self, counted: Counter[str], key: ApiKey, most: int, what: str) -> Iterator[None]:
        with self._lock:
            if counted[key.id] >= most:
                raise LimitReached(key.public, f"{most} {what}", 1)
            counted[key.id] += 1
        try:
            yield
        finally:
            with self._lock:
                counted[key.id] -= 1
                if not counted[key.id]:
                    del counted[key.id]

    def count(self, key: ApiKey) -> None:
        """Counts one request; one that is refused is not counted.

        Raises:
            LimitReached: it was one too many within this minute or this day.
        """
        now = self.now()
        minute, day = now.replace(second=0, microsecond=0), now.astimezone(HONG_KONG).date()
        with self.database.write() as session:
            uses = ApiKeyUseRepository(session, key.institution_id)
            use = uses.lock(key.id)
            in_minute = use.in_minute + 1 if use.minute == minute else 1
            in_day = use.in_day + 1 if use.day == day else 1
            if in_day > key.limits.a_day:
                tomorrow = datetime.combine(day + timedelta(days=1), time(), HONG_KONG)
                raise LimitReached(key.public, f"{key.limits.a_day} requests a day", _seconds(tomorrow - now))
            if in_minute > key.limits.a_minute:
                wait_s = _seconds(minute + _MINUTE - now)
                raise LimitReached(key.public, f"{key.limits.a_minute} requests a minute", wait_s)
            use.minute, use.in_minute, use.day, use.in_day = minute, in_minute, day, in_day
            uses.save(use)


def _seconds(wait: timedelta) -> int:
    return max(1, ceil(wait.total_seconds()))
