"""A bank, its people and the shipped rulebook, and how a change goes from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.db.session import Database
from app.evidence.audit import Ledger
from app.rules.preview import Draft, Ground, Preview, preview
from app.rules.provider import StoredRulebooks
from app.rules.service import RuleService
from app.rules.types import ApprovedVersion, Cause, Change, EntryChange, changes_between
from guardrails.rulebook import Rulebook
from guardrails.rulebook_content import RulebookContent
from tests.app.small_bank import one_rulebook
from tests.app.worlds import add_institution

BANK = "harbour-bank"
MAYA, HUGO, HELEN = "maya", "hugo", "helen"
TODAY, TOMORROW, YESTERDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 25)


@dataclass(frozen=True)
class RulesDesk:
    """Changes over one database, as one process sees it."""

    database: Database
    ledger: Ledger
    rulebooks: StoredRulebooks

    @classmethod
    def over(cls, database: Database, ledger: Ledger) -> RulesDesk:
        with database.write() as session:
            add_institution(session, ledger)
        return cls(database, ledger, StoredRulebooks.over(database, one_rulebook))

    def in_force(self, scope: str = BANK, on: date = TODAY) -> Rulebook:
        with self.database.read() as session:
            return self.rulebooks.standing(session, scope, on).rulebook

    def edit(self, rule_id: str = "D01", scope: str = BANK, on: date = TODAY, **fields: Any) -> EntryChange:
        """The rule with other ``fields``."""
        content = self.in_force(scope, on).content
        before = content.entries[rule_id]
        return EntryChange(content.section_of(rule_id) or "", rule_id, before, {**before, **fields})

    def preview(self, *changes: EntryChange, scope: str = BANK, on: date | None = None, **facts: Any) -> Preview:
        starts = max(on or TODAY, TODAY)
        with self.database.read() as session:
            parent = self.rulebooks.standing(session, scope, starts).rulebook
            ground = Ground(parent, self.rulebooks.below(session, scope, starts), starts)
        return preview(Draft(scope, changes, **{"reason": "the HKMA says so", "effective_from": on, **facts}), ground)

    def propose(self, seen: Preview, by: str = MAYA) -> Change:
        with self.database.write() as session:
            return RuleService(session, seen.draft.scope, self.ledger, self.rulebooks).propose(seen, by)

    def approve(self, change: Change, by: str = HUGO, today: date = TODAY) -> ApprovedVersion:
        seen = self.preview(*change.changes, scope=change.scope, on=change.effective_from, cause=change.cause)
        with self.database.write() as session:
            service = RuleService(session, change.scope, self.ledger, self.rulebooks)
            return service.approve(change.id, by, seen, today)

    def bring_about(self, *changes: EntryChange, scope: str = BANK, on: date | None = None, **facts: Any) -> Rulebook:
        """Propose and approve; returns what is in force from then on."""
        self.approve(self.propose(self.preview(*changes, scope=scope, on=on, **facts)))
        return self.in_force(scope, max(on or TODAY, TODAY))

    def back_to(self, content: RulebookContent, scope: str = BANK) -> Rulebook:
        changes = changes_between(self.in_force(scope).content, content)
        return self.bring_about(*changes, scope=scope, cause=Cause.RESTORE)
