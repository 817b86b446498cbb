"""Whether and how the customer of a complaint was answered. The audit log is what says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import col

from app.evidence.audit import AuditLog, Happening
from app.evidence.tables import AuditEntryRow

REPLIED, ANSWERED = "complaint:reply:done", "complaint:answer:done"


class Way(StrEnum):
    """How a complaint was answered outside of its chat."""

    LETTER = "letter"
    TELEPHONE = "telephone"
    EMAIL = "email"
    BRANCH = "branch"


@dataclass(frozen=True)
class Answered:
    """That somebody answered a complaint outside of its chat, as they noted it."""

    by: str
    way: Way
    on: date
    at: datetime


class Complaints:
    """What the log of one institution says of the answers to a complaint."""

    def __init__(self, audit: AuditLog) -> None:
        self._audit = audit

    def is_answered(self, case_id: str) -> bool:
        """Whether its customer could read a reply, or was answered elsewhere."""
        replies = (json.loads(entry.fields) for entry in self._entries(case_id, REPLIED))
        return any(fields.get("readable", True) for fields in replies) or bool(self.answers(case_id))

    def answers(self, case_id: str) -> tuple[Answered, ...]:
        """The answers outside of the chat, oldest first."""
        return tuple(_answered(entry) for entry in self._entries(case_id, ANSWERED))

    def note(self, case_id: str, by: str, way: Way, on: date) -> None:
        """``by`` says that it was answered so. The same said again is not noted again."""
        self._audit.lock()
        if not any((known.by, known.way, known.on) == (by, way, on) for known in self.answers(case_id)):
            self._audit.append(Happening(ANSWERED, case_id, {"by": by, "way": way.value, "on": on.isoformat()}))

    def _entries(self, case_id: str, action: str) -> Iterator[AuditEntryRow]:
        wanted = self._audit.rows().where(AuditEntryRow.subject_id == case_id, AuditEntryRow.action == action)
        yield from self._audit.session.exec(wanted.order_by(col(AuditEntryRow.seq)))


def _answered(entry: AuditEntryRow) -> Answered:
    fields = json.loads(entry.fields)
    return Answered(fields["by"], Way(fields["way"]), date.fromisoformat(fields["on"]), entry.at)
