"""Turning switches on, which one person does at once, and off again, which takes two."""

from __future__ import annotations

from sqlmodel import Session

from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger
from app.institutions.service import InstitutionService
from app.switches.errors import (
    LiftAsked,
    LiftNotAsked,
    SecondDeciderNeeded,
    SwitchIsOff,
    SwitchIsOn,
    SwitchReasonNeeded,
    SwitchUnknown,
)
from app.switches.reading import setting_of, topics_of
from app.switches.records import switch_record
from app.switches.repository import SwitchRepository
from app.switches.tables import SwitchRow
from app.switches.topics import shipped_topics
from app.switches.types import EVERYWHERE, MAX_REASON_CHARACTERS, Kind, Setting, Switch
from knowledge_bases.schema import Language


class SwitchService:
    """The switches of one scope, an institution or EVERYWHERE, within one unit of work."""

    def __init__(self, session: Session, scope: str, ledger: Ledger) -> None:
        self._session = session
        self._scope = scope
        self._ledger = ledger
        self._switches = SwitchRepository(session, scope)
        self._audit = AuditLog(session, scope, ledger)

    def set(self, switch: Switch, by: str, reason: str) -> Setting:
        """Turn a switch on; it holds in every process once this is committed.

        Raises:
            SwitchUnknown: no such topic or language. SwitchIsOn: it is on. SwitchReasonNeeded
        """
        said = stated_reason(reason)
        self._lock()
        self._require_known(switch)
        if self._switches.find_on(switch) is not None:
            raise SwitchIsOn(switch)
        row = SwitchRow(
            institution_id=self._scope,
            id=new_id(),
            kind=switch.kind,
            subject=switch.subject,
            reason=said,
            by=by,
            at=now_utc(),
        )
        return self._write(self._switches.add(row), "set:done")

    def ask_lift(self, switch: Switch, by: str, reason: str) -> Setting:
        """Ask for a switch to be lifted; it stays on until a second person confirms.

        Raises:
            SwitchIsOff: it is not on. LiftAsked: somebody asked before. SwitchReasonNeeded
        """
        said = stated_reason(reason)
        row = self._locked(switch)
        if row.lift_by is not None:
            raise LiftAsked(switch)
        row.lift_by, row.lift_at, row.lift_reason = by, now_utc(), said
        self._switches.save(row)
        return self._write(row, "lift:asked")

    def confirm_lift(self, switch: Switch, by: str) -> Setting:
        """Lift a switch that somebody else asked to be lifted.

        Raises:
            SwitchIsOff: it is not on. LiftNotAsked: nobody asked. SecondDeciderNeeded: ``by`` asked.
        """
        row = self._asked(switch)
        if row.lift_by == by:
            raise SecondDeciderNeeded(f"the switch {switch} to be lifted")
        row.lifted_by, row.lifted_at = by, now_utc()
        self._switches.save(row)
        return self._write(row, "lift:done")

    def refuse_lift(self, switch: Switch, by: str) -> Setting:
        """Let a switch stay on, or take back one's own wish; it may be asked for again.

        Raises:
            SwitchIsOff: it is not on. LiftNotAsked: nobody asked.
        """
        row = self._asked(switch)
        row.lift_by = row.lift_at = row.lift_reason = None
        self._switches.save(row)
        self._audit.append(switch_record(self._ledger.master.audit, row).happening("lift:refused", refused_by=by))
        return setting_of(row)

    def on(self) -> tuple[Setting, ...]:
        """The switches of this scope that are on, the oldest first."""
        return tuple(setting_of(row) for row in self._switches.on())

    def lifted(self, limit: int = 20) -> tuple[Setting, ...]:
        """The last ones that were lifted, newest first."""
        return tuple(setting_of(row) for row in self._switches.lifted(limit))

    def _asked(self, switch: Switch) -> SwitchRow:
        row = self._locked(switch)
        if row.lift_by is None:
            raise LiftNotAsked(switch)
        return row

    def _locked(self, switch: Switch) -> SwitchRow:
        self._lock()
        row = self._switches.find_on(switch)
        if row is None:
            raise SwitchIsOff(switch)
        return row

    def _lock(self) -> None:
        """The logs of all whom it concerns: their recording transactions come wholly before this one, or see it."""
        if self._scope == EVERYWHERE:
            institutions = InstitutionService(self._session, self._ledger).all()
            for institution_id in sorted(institution.id for institution in institutions):
                AuditLog(self._session, institution_id, self._ledger).lock()
        self._audit.lock()

    def _require_known(self, switch: Switch) -> None:
        known: tuple[str, ...] = ("",)
        if switch.kind is Kind.LANGUAGE:
            known = tuple(Language)
        elif switch.kind is Kind.TOPIC:
            everywhere = self._scope == EVERYWHERE
            topics = shipped_topics() if everywhere else topics_of(self._session, self._scope)
            known = tuple(sorted(topics))
        if switch.subject not in known:
            raise SwitchUnknown(switch, () if known == ("",) else known)

    def _write(self, row: SwitchRow, step: str) -> Setting:
        self._audit.append(switch_record(self._ledger.master.audit, row).happening(step))
        return setting_of(row)


def stated_reason(reason: str) -> str:
    """What somebody wrote as a reason.

    Raises:
        SwitchReasonNeeded: nothing, or too much to be read at a glance.
    """
    said = reason.strip()
    if not said or len(said) > MAX_REASON_CHARACTERS:
        raise SwitchReasonNeeded
    return said
