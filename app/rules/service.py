"""Changes of one scope's rulebook, within one unit of work: proposed by one person, decided by another."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Ledger
from app.rules.errors import (
    ChangeDecided,
    ChangeRefused,
    LookedElsewhere,
    NothingChanged,
    ReasonNeeded,
    RulebookMoved,
    SecondPersonNeeded,
)
from app.rules.preview import Preview
from app.rules.provider import StoredRulebooks
from app.rules.records import change_record, version_record
from app.rules.repository import ChangeRepository, VersionRepository, note_content
from app.rules.tables import RulebookVersionRow, RuleChangeRow
from app.rules.types import (
    MAX_REASON_CHARACTERS,
    ApprovedVersion,
    Change,
    ChangeState,
    changes_of,
    changes_text,
)
from app.switches.reading import require_writable


class RuleService:
    """The changes and approved rulebooks of ``scope``: an institution, or EVERYBODY."""

    def __init__(self, session: Session, scope: str, ledger: Ledger, rulebooks: StoredRulebooks) -> None:
        self._session, self._scope, self._rulebooks = session, scope, rulebooks
        self._changes = ChangeRepository(session, scope)
        self._versions = VersionRepository(session, scope)
        self._audit = AuditLog(session, scope, ledger)
        self._key = ledger.master.audit

    def change(self, change_id: str) -> Change:
        """One change.

        Raises:
            ChangeNotFound: there is none in this scope.
        """
        return _change(self._changes.get(change_id))

    def waiting(self) -> tuple[Change, ...]:
        """The changes that wait for a second person, the oldest first."""
        return tuple(_change(row) for row in self._changes.waiting())

    def changes(self) -> tuple[Change, ...]:
        """Every change, the newest first."""
        return tuple(_change(row) for row in self._changes.latest_first())

    def versions(self) -> tuple[ApprovedVersion, ...]:
        """Every approved rulebook, the newest first."""
        return tuple(_version(row) for row in self._versions.latest_first())

    def propose(self, seen: Preview, by: str) -> Change:
        """Send what was looked at in ``seen`` to a second person.

        Raises:
            NothingChanged, ReasonNeeded: there is nothing, or no reason, to decide on.
            ChangeRefused: the changed rulebook may not be.
            ReadOnly: it is switched on.
        """
        require_writable(self._session, self._scope)
        draft = seen.draft
        if not draft.changes:
            raise NothingChanged
        if seen.problems:
            raise ChangeRefused(seen.problems)
        row = RuleChangeRow(
            institution_id=self._scope,
            id=new_id(),
            parent=seen.parent,
            cause=draft.cause,
            changes=changes_text(draft.changes),
            reason=_stated(draft.reason),
            effective_from=draft.effective_from,
            proposed_by=by,
            proposed_at=now_utc(),
        )
        self._changes.add(row)
        fields = {"by": by, "rules": ", ".join(change.rule_id for change in draft.changes)[:200]}
        self._audit.append(change_record(self._key, row).happening("propose:done", **fields))
        return _change(row)

    def approve(self, change_id: str, by: str, seen: Preview, today: date) -> ApprovedVersion:
        """Make what was looked at in ``seen`` an approved rulebook, in force from its day on, not before ``today``.

        Raises:
            ChangeNotFound, ChangeDecided, SecondPersonNeeded, ChangeRefused
            RulebookMoved: another change was approved since this one was proposed.
            LookedElsewhere: ``seen`` is another change than this.
            ReadOnly: it is switched on.
        """
        require_writable(self._session, self._scope)
        row = self._open(change_id, by)
        if seen.problems:
            raise ChangeRefused(seen.problems)
        starts = max(row.effective_from or today, today)
        parent = self._rulebooks.standing(self._session, self._scope, starts).rulebook
        if parent.version != row.parent:
            raise RulebookMoved(change_id)
        change = _change(row)
        content = change.onto(parent.content)
        if (content, parent.version) != (seen.content, seen.parent):
            raise LookedElsewhere
        note_content(self._session, content, shipped=False)
        version = RulebookVersionRow(
            institution_id=self._scope,
            number=self._versions.next_number(),
            version=content.version,
            parent=parent.version,
            below=self._rulebooks.below(self._session, self._scope, starts).version,
            change_id=row.id,
            reason=row.reason,
            proposed_by=row.proposed_by,
            approved_by=by,
            approved_at=now_utc(),
            effective_from=starts,
        )
        self._versions.add(version)
        self._decide(row, ChangeState.APPROVED, by, None)
        record = version_record(self._session, self._key, version)
        self._audit.append(record.happening("approve:done", by=by, change=row.id))
        return _version(version)

    def send_back(self, change_id: str, by: str, comment: str) -> Change:
        """Return a change to whoever proposed it; ``comment`` says what is to be mended.

        Raises:
            ChangeNotFound, ChangeDecided, SecondPersonNeeded, ReasonNeeded
        """
        row = self._open(change_id, by)
        self._decide(row, ChangeState.RETURNED, by, _stated(comment))
        return _change(row)

    def withdraw(self, change_id: str, by: str) -> Change:
        """Take back a change of one's own.

        Raises:
            ChangeNotFound, ChangeDecided
            SecondPersonNeeded: it is somebody else's: return it with a comment instead.
        """
        self._audit.lock()
        row = self._undecided(change_id)
        if by != row.proposed_by:
            raise SecondPersonNeeded(change_id)
        self._decide(row, ChangeState.WITHDRAWN, by, None)
        return _change(row)

    def overtaken(self, starts: date) -> tuple[ApprovedVersion, ...]:
        """Approved rulebooks whose day never comes if another comes into force on the day ``starts``, before theirs."""
        return tuple(version for version in self.versions() if version.effective_from > starts)

    def _open(self, change_id: str, by: str) -> RuleChangeRow:
        """The change, for a second person to decide on; locked against others who would."""
        self._audit.lock()
        row = self._undecided(change_id)
        if by == row.proposed_by:
            raise SecondPersonNeeded(change_id)
        return row

    def _undecided(self, change_id: str) -> RuleChangeRow:
        row = self._changes.get(change_id)
        if row.state is not ChangeState.PROPOSED:
            raise ChangeDecided(change_id, row.state.value)
        return row

    def _decide(self, row: RuleChangeRow, state: ChangeState, by: str, comment: str | None) -> None:
        row.state, row.decided_by, row.decided_at, row.comment = state, by, now_utc(), comment
        self._changes.save(row)
        self._audit.append(change_record(self._key, row).happening(f"decide:{state.value}", by=by))


def _stated(reason: str) -> str:
    stated = reason.strip()
    if not 1 <= len(stated) <= MAX_REASON_CHARACTERS:
        raise ReasonNeeded
    return stated


def _change(row: RuleChangeRow) -> Change:
    return Change(
        id=row.id,
        scope=row.institution_id,
        parent=row.parent,
        cause=row.cause,
        changes=changes_of(row.changes),
        reason=row.reason,
        effective_from=row.effective_from,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        state=row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        comment=row.comment,
    )


def _version(row: RulebookVersionRow) -> ApprovedVersion:
    return ApprovedVersion(
        scope=row.institution_id,
        number=row.number,
        version=row.version,
        parent=row.parent,
        below=row.below,
        change_id=row.change_id,
        reason=row.reason,
        proposed_by=row.proposed_by,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        effective_from=row.effective_from,
    )
