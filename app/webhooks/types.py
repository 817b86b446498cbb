"""Webhooks and the events on their way to them, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from app.db.columns import canonical_json

CASE_OPENED, CASE_ESCALATED, TEST = "case.opened", "case.escalated", "webhook.test"
ANSWER_HELD, ANSWER_RELEASED, ANSWER_DECLINED = "answer.held", "answer.released", "answer.declined"
GROUPS = ("case.*", "answer.*", "handover.*")  # what may be subscribed to by a tick; or any kind by its name
EVERYTHING = "*"
BOTH_SECRETS = timedelta(days=7)  # after a change of the secret, while the receiver takes over the new one
MOST_TRIES = 12
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 6 * 3600.0  # each pause four times the one before: about 30 hours in all
MOST_PAYLOAD_FIELDS, MOST_VALUE_CHARACTERS = 20, 200

_KIND = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_WISH = re.compile(r"\*|[a-z_]+\.\*|[a-z_]+(\.[a-z_]+)+")
_PLAIN = re.compile(r"[A-Za-z0-9_.:@+/-]*")

Plain = str | int | bool | None


class EventState(StrEnum):
    """What became of an event on its way to one webhook."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"  # given up after MOST_TRIES; somebody has to look


@dataclass(frozen=True)
class Webhook:
    """A receiver. ``kinds`` are kinds of events, groups as ``case.*``, or ``*``. ``both_until``: until then everything
    is signed with the earlier secret too. ``secret_number`` counts the changes of the secret from 1.
    """

    institution_id: str
    id: str
    url: str
    kinds: tuple[str, ...]
    by: str
    at: datetime
    secret_number: int = 1
    both_until: datetime | None = None

    @property
    def host(self) -> str:
        """Where it is, without the path, which may hold a token of the receiver's."""
        return urlsplit(self.url).netloc

    def wants(self, kind: str) -> bool:
        """Whether events of ``kind`` go there."""
        group = f"{kind.split('.', 1)[0]}.*"
        return not {EVERYTHING, group, kind}.isdisjoint(self.kinds)


@dataclass(frozen=True)
class Added:
    """A webhook and its secret, to be shown once."""

    webhook: Webhook
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Event:
    """What happened: ``payload`` holds ids, states and times, never anybody's words."""

    id: str
    institution_id: str
    kind: str
    subject_id: str
    payload: Mapping[str, Plain]
    at: datetime

    def body(self) -> bytes:
        """What is sent and signed: the same bytes at every try."""
        value = {
            "id": self.id,
            "institution": self.institution_id,
            "kind": self.kind,
            "subject": self.subject_id,
            "at": self.at.isoformat(),
            "payload": dict(self.payload),
        }
        return canonical_json(value).encode()


@dataclass(frozen=True)
class Claimed:
    """An event that this worker alone may send now; ``secrets`` are the newest first."""

    event: Event
    webhook: Webhook
    lease: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """How a try ended: ``said`` is a status or the kind of failure, never words of the receiver."""

    well: bool
    said: str


@dataclass(frozen=True)
class Standing:
    """How a webhook's events are; ``said`` is how the last try that failed ended."""

    waiting: int = 0
    delivered: int = 0
    dead: int = 0
    said: str | None = None


def pause_s(tries: int) -> float:
    """How long to wait after the ``tries``-th try (from 1) has failed."""
    return min(FIRST_PAUSE_S * 4.0 ** (tries - 1), LONGEST_PAUSE_S)


def is_kind(kind: str) -> bool:
    """Whether ``kind`` can name an event, as ``case.opened``."""
    return _KIND.fullmatch(kind) is not None


def is_wish(kind: str) -> bool:
    """Whether ``kind`` can be subscribed to: an event's, a group as ``case.*``, or everything."""
    return _WISH.fullmatch(kind) is not None


def is_plain(value: object) -> bool:
    """Whether a payload may hold ``value``: a number, or an id, a code or a time. Words have blanks between them."""
    if isinstance(value, str):
        return len(value) <= MOST_VALUE_CHARACTERS and _PLAIN.fullmatch(value) is not None
    return value is None or isinstance(value, bool | int)
