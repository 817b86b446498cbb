"""Changes of an institution's embedding model: asked for by a person, done by a worker, kept in one row.

The row is the truth: whoever works on a change asks it at every step, and the next worker goes on from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.db.columns import now_utc
from app.embedding.repository import ReembeddingRepository
from app.embedding.tables import ReembeddingRow
from app.evidence.audit import AuditLog, Happening, Ledger


@dataclass(frozen=True)
class Change:
    """From the model that serves to ``embedder_id``. ``done`` of ``total`` versions are embedded so far.

    ``done_at`` None: it is to come or under way. ``problem`` says why it did not come about, or what it waits for.
    """

    embedder_id: str
    asked_by: str
    asked_at: datetime
    done: int
    total: int
    problem: str | None
    done_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.done_at is None


class Changes:
    """The change of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._rows = ReembeddingRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)

    def last(self) -> Change | None:
        """The last that was asked for; None before the first."""
        row = self._rows.last()
        return None if row is None else _change(row)

    def ask(self, embedder_id: str, by: str) -> Change:
        """Ask for a change; one to the same model that is open stays as it is, one to another gives way."""
        self._audit.lock()
        row = self._rows.last()
        if row is not None and row.done_at is None and row.embedder_id == embedder_id:
            return _change(row)
        if row is None:
            own = self._rows.institution_id
            row = ReembeddingRow(institution_id=own, embedder_id=embedder_id, asked_by=by, asked_at=now_utc())
        row.embedder_id, row.asked_by, row.asked_at = embedder_id, by, now_utc()
        row.done, row.total, row.problem, row.done_at = 0, 0, None, None
        self._rows.save(row)
        self._audit.append(Happening("reembedding:ask:done", embedder_id, {"by": by}))
        return _change(row)

    def note(self, embedder_id: str, done: int, total: int, problem: str | None = None) -> bool:
        """Note how far it is; False, and nothing is noted, where it was ended or gave way. Not audited."""
        row = self._open(embedder_id)
        if row is None:
            return False
        row.done, row.total, row.problem = done, total, problem
        self._rows.save(row)
        return True

    def end(self, embedder_id: str, by: str, problem: str | None = None) -> None:
        """It has come about, or will not; done once, and nothing where it was ended or gave way before."""
        self._audit.lock()
        row = self._open(embedder_id)
        if row is None:
            return
        row.done_at, row.problem = now_utc(), problem
        self._rows.save(row)
        result = "done" if problem is None else "ended"
        self._audit.append(Happening(f"reembedding:run:{result}", embedder_id, {"by": by, "versions": row.done}))

    def _open(self, embedder_id: str) -> ReembeddingRow | None:
        row = self._rows.last()
        return row if row is not None and row.done_at is None and row.embedder_id == embedder_id else None


def _change(row: ReembeddingRow) -> Change:
    return Change(row.embedder_id, row.asked_by, row.asked_at, row.done, row.total, row.problem, row.done_at)
