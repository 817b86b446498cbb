"""Sweeps that were asked for, and what the last one found: kept, so that staff read it without running one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session

from app.db.columns import new_id, now_utc
from app.evidence.audit import AuditLog, Happening, Ledger
from app.evidence.errors import CitationsChanged
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.removal.agreement import Agreement, compare
from app.removal.orphans import orphans
from app.removal.repository import SweepRepository
from app.removal.tables import SweepRow
from app.removal.types import FileKind, Holding

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Found:
    """What a sweep found. ``error``: why it could not be finished; then nothing else is said."""

    agreement: Agreement | None
    orphans: tuple[Holding, ...] = ()
    error: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether index, catalogue, bytes and citations agree."""
        return self.agreement is not None and not self.agreement.disagreements


@dataclass(frozen=True)
class Sweep:
    """A sweep that ``asked_by`` asked for; ``found`` and ``done_at`` None: it is still to come or under way."""

    id: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    found: Found | None


class Sweeps:
    """The sweeps of one institution, within one unit of work."""

    def __init__(self, session: Session, institution_id: str, ledger: Ledger) -> None:
        self._sweeps = SweepRepository(session, institution_id)
        self._audit = AuditLog(session, institution_id, ledger)

    def ask(self, by: str) -> Sweep:
        """Ask for one; the one that waits already, if one does."""
        self._audit.lock()
        waiting = self.waiting()
        if waiting:
            return waiting[0]
        own = self._sweeps.institution_id
        row = self._sweeps.add(SweepRow(institution_id=own, id=new_id(), asked_by=by, asked_at=now_utc()))
        self._audit.append(Happening("sweep:ask:done", row.id, {"by": by}))
        return _sweep(row)

    def finish(self, sweep_id: str, found: Found) -> Sweep:
        """Keep what a sweep found, unless another worker has finished it."""
        self._audit.lock()
        row = self._sweeps.get(sweep_id)
        if row.done_at is None:
            row.done_at, row.found = now_utc(), asdict(found)
            self._sweeps.save(row)
            count = len(found.agreement.disagreements) if found.agreement else None
            fields = {"agrees": found.agrees, "disagreements": count, "orphans": len(found.orphans)}
            self._audit.append(
                Happening("sweep:run:done" if found.error is None else "sweep:run:failed", row.id, fields)
            )
        return _sweep(row)

    def waiting(self) -> tuple[Sweep, ...]:
        """Those that are not done, oldest first."""
        return tuple(map(_sweep, self._sweeps.waiting()))

    def last(self) -> Sweep | None:
        """The last one that is done."""
        row = self._sweeps.last()
        return None if row is None else _sweep(row)


def sweep_now(foundation: Foundation, institution_id: str, by: str) -> Sweep:
    """Asks for a sweep and runs it here.

    Raises:
        UnknownInstitution: there is none of this id.
    """
    with foundation.database.write() as session:
        InstitutionService(session, foundation.ledger).get(institution_id)
        asked = Sweeps(session, institution_id, foundation.ledger).ask(by)
    return _run(foundation, institution_id, asked)


def run_asked(foundation: Foundation) -> int:
    """Runs every sweep that waits, of every institution; gives how many."""
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
        asked = [(i, sweep) for i in ids for sweep in Sweeps(session, i, foundation.ledger).waiting()]
    for institution_id, sweep in asked:
        _run(foundation, institution_id, sweep)
    return len(asked)


def _run(foundation: Foundation, institution_id: str, sweep: Sweep) -> Sweep:
    try:
        agreement = compare(foundation, institution_id)
        sentences = tuple(_without_folder(foundation, each) for each in agreement.disagreements)
        found = Found(replace(agreement, disagreements=sentences), orphans(foundation, institution_id))
    except CitationsChanged as error:
        log.error("sweep.failed", institution_id=institution_id, error=str(error))
        found = Found(None, error=str(error))
    except Exception as error:  # whoever asked is told; a sweep that cannot end must not be begun for ever
        log.error("sweep.failed", institution_id=institution_id, error=type(error).__name__)
        found = Found(None, error=f"the sweep broke off ({type(error).__name__}); see the log, then run it again")
    with foundation.database.write() as session:
        return Sweeps(session, institution_id, foundation.ledger).finish(sweep.id, found)


def _without_folder(foundation: Foundation, sentence: str) -> str:
    """Paths from the data folder on: staff need not know where it lies."""
    return sentence.replace(f"{foundation.settings.data_dir}/", "")


def _sweep(row: SweepRow) -> Sweep:
    found = None if row.found is None else _found(row.found)
    return Sweep(row.id, row.asked_by, row.asked_at, row.done_at, found)


def _found(value: dict[str, Any]) -> Found:
    agreement = value["agreement"]
    if agreement is not None:
        agreement = Agreement(**{**agreement, "disagreements": tuple(agreement["disagreements"])})
    return Found(agreement, _holdings(value["orphans"]), value["error"])


def _holdings(values: Sequence[dict[str, Any]]) -> tuple[Holding, ...]:
    return tuple(Holding(FileKind(each["kind"]), each["name"], each["size_bytes"]) for each in values)
