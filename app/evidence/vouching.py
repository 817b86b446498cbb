"""The stored records that an audit log vouches for, as plain values.

An entry that carries a digest vouches for the record its action and subject name; the last one counts. Each noun says
in its ``records`` module which of its columns that digest is over, and hands all its records to the verifier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.evidence.audit import FieldValue, Happening
from app.evidence.hashes import keyed


class Kind(StrEnum):
    """What is vouched for; the value is the first word of its entries' actions."""

    EVIDENCE = "answer"
    PIECE = "piece"
    CASE = "case"
    DECISION = "decision"
    MESSAGE = "message"
    VERSION = "version"
    REMOVAL = "removal"
    SWITCH = "switch"
    TOPIC = "topic"
    RULE_CHANGE = "rule_change"
    RULEBOOK = "rulebook"
    API_KEY = "api_key"
    WEBHOOK = "webhook"
    HANDOVER = "handover"
    RELEASE_PROPOSAL = "release_proposal"


@dataclass(frozen=True)
class Record:
    """A record as it is stored now. ``stated`` are those of its columns that its entry repeats readably."""

    kind: Kind
    subject_id: str
    digest: str
    stated: Mapping[str, FieldValue] = field(default_factory=dict)

    def happening(self, what: str, **more: FieldValue) -> Happening:
        """The entry that vouches for the record; ``what`` is the action's rest, ``more`` further fields."""
        return Happening(f"{self.kind.value}:{what}", self.subject_id, {**more, **self.stated}, self.digest)


def read_fields(stored: str) -> dict[str, FieldValue]:
    """The fields of an entry. Empty where they are no JSON object any more: the entry's hash tells of that."""
    try:
        fields = json.loads(stored)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def record_digest(key: bytes, kind: Kind, members: Mapping[str, object]) -> str:
    """The keyed digest of a record's columns; bytes count as hex, times to the microsecond."""
    return keyed(key, kind.value, {name: _plain(value) for name, value in members.items()})


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
