"""The rows of one scope's rulebooks and changes, and the contents that all scopes share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from app.db.columns import now_utc
from app.db.repository import ScopedRepository
from app.rules.errors import ChangeNotFound
from app.rules.tables import RulebookContentRow, RulebookVersionRow, RuleChangeRow
from app.rules.types import ChangeState
from guardrails.rulebook_content import RulebookContent


class VersionRepository(ScopedRepository[RulebookVersionRow]):
    """Approved rulebooks of a scope."""

    table = RulebookVersionRow

    def latest_first(self) -> Sequence[RulebookVersionRow]:
        """The approved versions, the newest first."""
        return self.session.exec(self.rows().order_by(col(RulebookVersionRow.number).desc())).all()

    def come_with(self, scope: str, on: date) -> Sequence[RulebookVersionRow]:
        """The approved versions of this and of another scope whose day had come by ``on``, the newest first."""
        scopes = (scope, self.institution_id)
        rows = select(RulebookVersionRow).where(col(RulebookVersionRow.institution_id).in_(scopes))
        come = rows.where(RulebookVersionRow.effective_from <= on).order_by(col(RulebookVersionRow.number).desc())
        return self.session.exec(come.execution_options(populate_existing=True)).all()

    def next_number(self) -> int:
        """The number the next approved version bears; the first is 1."""
        own = RulebookVersionRow.institution_id == self.institution_id
        return (self.session.exec(select(func.max(RulebookVersionRow.number)).where(own)).one() or 0) + 1


class ChangeRepository(ScopedRepository[RuleChangeRow]):
    """Proposed changes of a scope."""

    table = RuleChangeRow

    def get(self, change_id: str) -> RuleChangeRow:
        """The change.

        Raises:
            ChangeNotFound: there is none in this scope.
        """
        row = self.find(RuleChangeRow.id == change_id)
        if row is None:
            raise ChangeNotFound(change_id)
        return row

    def waiting(self) -> Sequence[RuleChangeRow]:
        """The changes nobody has decided on, the oldest first."""
        rows = self.rows().where(RuleChangeRow.state == ChangeState.PROPOSED)
        return self.session.exec(rows.order_by(col(RuleChangeRow.proposed_at), col(RuleChangeRow.id))).all()

    def latest_first(self) -> Sequence[RuleChangeRow]:
        """Every change, the newest first."""
        rows = self.rows().order_by(col(RuleChangeRow.proposed_at).desc(), col(RuleChangeRow.id))
        return self.session.exec(rows).all()


def note_content(session: Session, content: RulebookContent, *, shipped: bool) -> None:
    """Keep a rulebook under its hash; one that is kept stays as it is, but one that ships is noted as such."""
    row = session.get(RulebookContentRow, content.version)
    if row is None:
        row = RulebookContentRow(version=content.version, content=content.text, shipped=shipped, noted_at=now_utc())
    elif not shipped:
        return
    else:
        row.shipped, row.noted_at = True, now_utc()
    session.add(row)
    session.flush()


def stored_content(session: Session, version: str) -> str | None:
    """The text kept under a hash, read afresh; None where nothing is."""
    row = session.get(RulebookContentRow, version, populate_existing=True)
    return None if row is None else row.content


def last_shipped(session: Session) -> Sequence[str]:
    """The hashes of the rulebooks that came with the program, the one noted last first."""
    rows = select(RulebookContentRow.version).where(col(RulebookContentRow.shipped))
    return session.exec(rows.order_by(col(RulebookContentRow.noted_at).desc())).all()
