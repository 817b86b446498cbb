"""Changes of the rulebook, and the versions they led to, as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.evidence.audit import PLATFORM
from guardrails.rulebook_content import Entry, RulebookContent, canonical

EVERYBODY = PLATFORM  # the scope of what binds every institution; no institution can be so named
MAX_REASON_CHARACTERS = 2000


class ChangeState(StrEnum):
    """Where a proposed change stands; only ``PROPOSED`` ones are decided."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"  # by the person who was to approve it, with a comment
    WITHDRAWN = "withdrawn"  # by the person who proposed it


class Cause(StrEnum):
    """What a change was made for."""

    EDIT = "edit"
    RESTORE = "restore"  # back to an earlier version, as a new one
    CATCH_UP = "catch_up"  # what changed in the rulebook below since


@dataclass(frozen=True)
class EntryChange:
    """One rule before and after, as its file would have it. ``before`` None: a new rule; ``after`` None: taken out."""

    section: str
    rule_id: str
    before: Entry | None
    after: Entry | None

    def onto(self, content: RulebookContent) -> RulebookContent:
        """``content`` with this rule as it is after the change."""
        return content.with_entry(self.section, self.rule_id, self.after)


@dataclass(frozen=True)
class Change:
    """A proposed change. ``scope`` is an institution or EVERYBODY; ``parent`` the version it was made from.

    ``effective_from`` is the first day it is to hold, None: the day it is approved. ``decided_by`` and ``comment`` are
    of whoever approved, returned or withdrew it.
    """

    id: str
    scope: str
    parent: str
    cause: Cause
    changes: tuple[EntryChange, ...]
    reason: str
    effective_from: date | None
    proposed_by: str
    proposed_at: datetime
    state: ChangeState
    decided_by: str | None = None
    decided_at: datetime | None = None
    comment: str | None = None

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rules it changes, in order."""
        return tuple(change.rule_id for change in self.changes)

    @property
    def own_ids(self) -> tuple[str, ...]:
        """Those of them that stand for what institutions have added for themselves."""
        return tuple(change.rule_id for change in self.changes if change.section == "own")

    def onto(self, content: RulebookContent) -> RulebookContent:
        """``content`` with the change made."""
        for change in self.changes:
            content = change.onto(content)
        return content


@dataclass(frozen=True)
class ApprovedVersion:
    """An approved rulebook of ``scope``: the ``number``-th, in force from ``effective_from`` until a later one is.

    ``version`` is the hash of its content, ``parent`` that of the version it was made from, ``below`` that of the
    rulebook that would bind the scope without any version of its own: the shipped one, or that of EVERYBODY.
    """

    scope: str
    number: int
    version: str
    parent: str
    below: str
    change_id: str
    reason: str
    proposed_by: str
    approved_by: str
    approved_at: datetime
    effective_from: date

    @property
    def follows(self) -> bool:
        """Whether it says the same as the rulebook below: from then on the scope goes by that one again."""
        return self.version == self.below


def changes_between(before: RulebookContent, after: RulebookContent) -> tuple[EntryChange, ...]:
    """What leads from ``before`` to ``after``, a rule each, in order of id."""
    ids = sorted(before.entries.keys() | after.entries.keys())
    found = (_change(before, after, rule_id) for rule_id in ids)
    return tuple(change for change in found if canonical(change.before) != canonical(change.after))


def _change(before: RulebookContent, after: RulebookContent, rule_id: str) -> EntryChange:
    section = after.section_of(rule_id) or before.section_of(rule_id) or ""
    return EntryChange(section, rule_id, before.entries.get(rule_id), after.entries.get(rule_id))


def changes_text(changes: Iterable[EntryChange]) -> str:
    """Canonical JSON of ``changes``; ``changes_of`` reads it."""
    return canonical([{"section": c.section, "id": c.rule_id, "before": c.before, "after": c.after} for c in changes])


def changes_of(text: str) -> tuple[EntryChange, ...]:
    """The changes that ``changes_text`` wrote."""
    stored: list[dict[str, Any]] = json.loads(text)
    return tuple(EntryChange(each["section"], each["id"], each["before"], each["after"]) for each in stored)
